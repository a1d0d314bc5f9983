/** The graph of a release or pipeline: a page beside it, which is drawn again when the file is saved. */

import { basename } from "node:path";
import * as vscode from "vscode";

import { reportFailure } from "./commands";
import { withPolicy } from "./policy";
import type { Server } from "./server";

/** The page has no scripts, loads nothing and has no links to files. */
const OPTIONS: vscode.WebviewOptions = {
  enableScripts: false,
  enableForms: false,
  enableCommandUris: false,
  localResourceRoots: [],
};

/** Shows graphs, one panel for each file. */
export class GraphView implements vscode.Disposable {
  private readonly panels = new Map<string, vscode.WebviewPanel>();
  private readonly onSave: vscode.Disposable;

  constructor(private readonly server: Server) {
    this.onSave = vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      const panel = this.panels.get(uri.toString());
      if (panel !== undefined) {
        void reportFailure(() => this.draw(uri, panel));
      }
    });
  }

  /** Open the graph of a file beside it, or bring it to the front. */
  async show(file: vscode.Uri): Promise<void> {
    const open = this.panels.get(file.toString());
    if (open !== undefined) {
      open.reveal(undefined, true);
      await this.draw(file, open);
      return;
    }
    const answer = await this.server.ask("azrelease.server.graph", file.toString());
    if (answer !== undefined) {
      this.open(file).webview.html = withPolicy(answer.html);
    }
  }

  dispose(): void {
    this.onSave.dispose();
    vscode.Disposable.from(...this.panels.values()).dispose();
  }

  private open(file: vscode.Uri): vscode.WebviewPanel {
    const title = `Graph of ${basename(file.fsPath)}`;
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const panel = vscode.window.createWebviewPanel("azrelease.graph", title, place, OPTIONS);
    this.panels.set(file.toString(), panel);
    panel.onDidDispose(() => this.panels.delete(file.toString()));
    return panel;
  }

  private async draw(file: vscode.Uri, panel: vscode.WebviewPanel): Promise<void> {
    const answer = await this.server.ask("azrelease.server.graph", file.toString());
    if (answer !== undefined && this.panels.get(file.toString()) === panel) {
      panel.webview.html = withPolicy(answer.html);
    }
  }
}
