/** What the user can do when the server does not start. */

import * as vscode from "vscode";

const INSTALL = 'pip install "azrelease[editor]"';

/** Report that the program does not exist. */
export function reportMissing(setting: string): void {
  void offer(`azrelease: the program \`${setting}\` was not found. Install it with: ${INSTALL}`, {
    Install: openInstallation,
    "Open Settings": openSettings,
  });
}

/** Report that the program exists, and that the server in it does not start. */
export function reportBroken(program: string, showOutput: () => void): void {
  void offer(`azrelease: the language server of ${program} did not start. It may lack its packages: ${INSTALL}`, {
    "Show Output": showOutput,
    Install: openInstallation,
    "Open Settings": openSettings,
  });
}

async function offer(message: string, actions: Record<string, () => void>): Promise<void> {
  const chosen = await vscode.window.showErrorMessage(message, ...Object.keys(actions));
  if (chosen !== undefined) {
    actions[chosen]?.();
  }
}

/** Type the command without running it: the user knows which Python it should install into. */
function openInstallation(): void {
  const terminal = vscode.window.createTerminal("azrelease");
  terminal.show();
  terminal.sendText(INSTALL, false);
}

function openSettings(): void {
  void vscode.commands.executeCommand("workbench.action.openSettings", "azrelease.path");
}
