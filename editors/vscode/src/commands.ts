/** Commands: the file that one is for, and the message of one that fails. */

import * as vscode from "vscode";

/** Register a command. It gets the file of its first argument, or that of the active editor, and the other arguments. */
export function registerFileCommand(
  name: string,
  run: (file: vscode.Uri, ...rest: unknown[]) => Promise<void>,
): vscode.Disposable {
  return vscode.commands.registerCommand(name, async (first?: unknown, ...rest: unknown[]) => {
    const file = fileOf(first) ?? vscode.window.activeTextEditor?.document.uri;
    if (file?.scheme !== "file") {
      void vscode.window.showErrorMessage("azrelease: open a release or a pipeline first.");
      return;
    }
    await reportFailure(() => run(file, ...rest));
  });
}

/** Show the message of a failure. Those of the server are written for users. */
export async function reportFailure(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    void vscode.window.showErrorMessage(`azrelease: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A code lens of the server passes the text of a URI, a menu of the editor a URI. */
function fileOf(argument: unknown): vscode.Uri | undefined {
  if (argument instanceof vscode.Uri) {
    return argument;
  }
  return typeof argument === "string" ? vscode.Uri.parse(argument, true) : undefined;
}
