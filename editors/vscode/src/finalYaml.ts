/** The final YAML of a pipeline: a read-only document beside it, which the server keeps current. */

import { posix } from "node:path";
import * as vscode from "vscode";

import { reportFailure } from "./commands";
import type { Server } from "./server";

const SCHEME = "azrelease-final";

/** Shows the final YAML of files. The documents that are open are those of which the server sends changes. */
export class FinalYamlView implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly subscriptions: vscode.Disposable[];

  readonly onDidChange = this.changed.event;

  constructor(private readonly server: Server) {
    this.subscriptions = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidCloseTextDocument((document) => void reportFailure(() => this.close(document))),
      server.onFinalYaml(({ uri, text }) => this.update(vscode.Uri.parse(uri, true), text)),
      server.onDidStart(() => void reportFailure(() => this.askAgain())),
    ];
  }

  /** Open the final YAML of a file beside it. */
  async show(file: vscode.Uri): Promise<void> {
    if (await this.ask(file)) {
      const document = await vscode.workspace.openTextDocument(finalUri(file));
      const options = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: false };
      await vscode.window.showTextDocument(document, options);
    }
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private async ask(file: vscode.Uri): Promise<boolean> {
    const answer = await this.server.ask("azrelease.server.finalYaml", file.toString());
    if (answer !== undefined) {
      this.update(file, answer.text);
    }
    return answer !== undefined;
  }

  /** A new server sends changes only of files that it was asked for. A window that was reloaded has open documents, too. */
  private async askAgain(): Promise<void> {
    for (const document of vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === SCHEME)) {
      await this.ask(sourceOf(document.uri));
    }
  }

  private update(file: vscode.Uri, text: string): void {
    const uri = finalUri(file);
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
  }

  private async close(document: vscode.TextDocument): Promise<void> {
    if (document.uri.scheme === SCHEME && this.texts.delete(document.uri.toString())) {
      await this.server.ask("azrelease.server.closeFinalYaml", sourceOf(document.uri).toString());
    }
  }
}

/** `release.final.yml` for `release.yml`; the query has the file. */
function finalUri(file: vscode.Uri): vscode.Uri {
  const { dir, name, ext } = posix.parse(file.path);
  return file.with({ scheme: SCHEME, path: posix.join(dir, `${name}.final${ext}`), query: file.toString() });
}

function sourceOf(final: vscode.Uri): vscode.Uri {
  return vscode.Uri.parse(final.query, true);
}
