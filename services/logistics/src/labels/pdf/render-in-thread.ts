import { parentPort } from 'node:worker_threads';
import { renderLabel, type Label } from './render-label.ts';

// The script of the thread that prints: each message is a label, its answer the PDF.
parentPort!.on('message', async (label: Label) => {
  parentPort!.postMessage(await renderLabel(label));
});
