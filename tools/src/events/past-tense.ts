/** Participles that do not end in -ed, of verbs that things happen with. */
const irregular = new Set(
  `Begun Bought Bound Broken Brought Built Caught Chosen Cut Dealt Done Drawn Driven Fallen Felt Forgotten Found Frozen
  Given Gone Grown Heard Held Hidden Hit Kept Known Laid Led Left Lent Let Lost Made Met Overdrawn Paid Put Read Rewritten
  Risen Rebuilt Repaid Resent Reset Run Said Seen Sent Set Shipped Shown Shut Sold Spent Split Spoken Sprung Stolen
  Stood Stuck Sunk Swept Taken Taught Thought Thrown Told Torn Undone Understood Upheld Withdrawn Withheld Won Worn
  Woken Written`.split(/\s+/),
);

/** Whether the name of an event, `OrderPlaced`, says that something has happened. */
export function isPastTense(name: string): boolean {
  const verb = /[A-Z][a-z]*$/.exec(name)?.[0] ?? '';
  return (/[^e]ed$|[rgf]eed$/.test(verb) && verb !== 'Greed' && verb.length > 4) || irregular.has(verb);
}
