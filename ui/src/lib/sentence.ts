// sentence begins a text with a capital, but for a name: that stays as it is written.
export const sentence = (text: string) => (/^\S*\./.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1));
