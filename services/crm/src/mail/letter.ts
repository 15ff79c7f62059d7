/** What an email says, as plain text and as HTML. */
export interface Letter {
  subject: string;
  text: string;
  html: string;
}

/** Writes a letter; each part is a paragraph, or the items of a list. What customers typed stays text in the HTML. */
export function letter(subject: string, parts: (string | readonly string[])[]): Letter {
  const paragraphs = parts.map((part) =>
    typeof part === 'string' ? part : part.map((item) => `- ${item}`).join('\n'),
  );
  const elements = parts.map((part) =>
    typeof part === 'string'
      ? `<p>${escape(part)}</p>`
      : `<ul>${part.map((item) => `<li>${escape(item)}</li>`).join('')}</ul>`,
  );
  const style =
    'max-width: 36rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.6 system-ui, sans-serif; color: #1f2933';
  return {
    subject,
    text: `${paragraphs.join('\n\n')}\n`,
    html: `<!doctype html>\n<html lang="en"><body><div style="${style}">\n${elements.join('\n')}\n</div></body></html>\n`,
  };
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
