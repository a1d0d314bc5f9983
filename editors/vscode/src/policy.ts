/** What a page in the editor may do: show itself. */

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * The page with a policy as the first element of its head.
 *
 * The page has such a policy itself. Policies only restrict each other, so this one holds whatever the page says.
 */
export function withPolicy(html: string): string {
  const element = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
  const head = /^\s*(<!doctype html>\s*)?(<html(\s[^>]*)?>\s*)?(<head(\s[^>]*)?>)?/i.exec(html)?.[0] ?? "";
  return head + element + html.slice(head.length);
}
