/** The stages of a file, for the user to pick one. */

import type * as vscode from "vscode";
import { CodeLensRequest, DocumentSymbolRequest, SymbolKind } from "vscode-languageclient/node";

import { REHEARSE_STAGE } from "./names";
import type { Server } from "./server";

/** The names of the stages that a file has itself: those of a pipeline are symbols, those of a release have a lens. */
export async function stagesOf(server: Server, file: vscode.Uri): Promise<string[]> {
  const client = await server.start();
  if (client === undefined) {
    return [];
  }
  const params = { textDocument: { uri: file.toString() } };
  const symbols = (await client.sendRequest(DocumentSymbolRequest.type, params)) ?? [];
  const lenses = (await client.sendRequest(CodeLensRequest.type, params)) ?? [];
  const names = [
    ...symbols.filter(({ kind }) => kind === SymbolKind.Namespace).map(({ name }) => name),
    ...lenses
      .filter(({ command }) => command?.command === REHEARSE_STAGE)
      .map(({ command }) => String(command?.arguments?.[1])),
  ];
  return [...new Set(names)];
}
