/** Writing the pipeline of a release. */

import * as vscode from "vscode";

import type { Server } from "./server";

const OPEN = "Open";

/** Save the release, write its pipeline, and offer to open it. */
export async function renderRelease(server: Server, file: vscode.Uri): Promise<void> {
  // The server renders the file as it is saved.
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === file.toString());
  if (document?.isDirty && !(await document.save())) {
    return;
  }
  const answer = await server.ask("azrelease.server.render", file.toString());
  if (answer === undefined) {
    return;
  }
  const [first] = answer.files;
  // Not awaited: a notification stays as long as the user lets it.
  void vscode.window.showInformationMessage(answer.message, ...(first === undefined ? [] : [OPEN])).then((chosen) => {
    if (chosen === OPEN && first !== undefined) {
      void vscode.window.showTextDocument(vscode.Uri.parse(first, true));
    }
  });
}
