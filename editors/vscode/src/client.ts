/** A client of the server that leaves the report of a failed start to this extension. */

import * as vscode from "vscode";
import {
  LanguageClient,
  RevealOutputChannelOn,
  State,
  type LanguageClientOptions,
  type ServerOptions,
} from "vscode-languageclient/node";

import { LANGUAGES, shownCommands } from "./names";
import { Restarts } from "./restarts";

export class Client extends LanguageClient {
  private hasRun = false;

  constructor(program: string, output: vscode.LogOutputChannel) {
    const restarts = new Restarts();
    super("azrelease", serverOptions(program), clientOptions(restarts, output));
    this.onDidChangeState(({ newState }) => {
      if (newState === State.Running) {
        this.hasRun = true;
        restarts.begin();
      }
    });
  }

  /** Before the server has run, log only: its end causes several messages, none of which says what to do. */
  override error(message: string, data?: unknown, notify?: boolean | "force"): void {
    super.error(message, data, this.hasRun ? notify : false);
  }
}

function serverOptions(program: string): ServerOptions {
  return { command: program, args: ["language-server"] };
}

function clientOptions(errorHandler: Restarts, outputChannel: vscode.LogOutputChannel): LanguageClientOptions {
  return {
    documentSelector: LANGUAGES.map((language) => ({ scheme: "file", language })),
    initializationOptions: { commands: shownCommands(vscode.workspace.isTrusted) },
    initializationFailedHandler: () => false,
    errorHandler,
    outputChannel,
    // A completion or a hover that fails is no reason to interrupt. Commands show their failures themselves.
    revealOutputChannelOn: RevealOutputChannelOn.Never,
  };
}
