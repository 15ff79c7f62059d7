import { expect, test } from '@jest/globals';
import { letter } from './letter.ts';

test('a letter says the same as text and as HTML', () => {
  const { subject, text, html } = letter('Hi', ['Hello Ada,', ['one', 'two'], 'Bye']);
  expect(subject).toBe('Hi');
  expect(text).toBe('Hello Ada,\n\n- one\n- two\n\nBye\n');
  expect(html).toContain('<p>Hello Ada,</p>\n<ul><li>one</li><li>two</li></ul>\n<p>Bye</p>');
});

test('what a customer typed is no markup', () => {
  const { text, html } = letter('Hi', ['Hello <img src=x onerror="alert(1)"> & Co,', ["<b>'mug'</b>"]]);
  expect(html).toContain('<p>Hello &#60;img src=x onerror=&#34;alert(1)&#34;&#62; &#38; Co,</p>');
  expect(html).toContain('<li>&#60;b&#62;&#39;mug&#39;&#60;/b&#62;</li>');
  expect(text).toContain('<img src=x onerror="alert(1)"> & Co');
});
