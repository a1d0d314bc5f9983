;;; azrelease.el --- Azure Pipelines and releases of azrelease  -*- lexical-binding: t; -*-

;;; Commentary:

;; The language server of azrelease in Emacs 29 or newer, or in Emacs 28 with the package eglot.
;; Save this file in a folder of `load-path', and put (require 'azrelease) in your init file.
;; `eglot' starts the server in a YAML file.

;;; Code:

(require 'browse-url)
(require 'comint)
(require 'eglot)

(add-to-list 'eglot-server-programs '((yaml-mode yaml-ts-mode) . ("azrelease" "language-server")))

(defvar azrelease--finals nil
  "The buffers of final YAML, by the URI of the file.")

(defun azrelease--uri ()
  "The URI of the file of this buffer."
  (plist-get (eglot--TextDocumentIdentifier) :uri))

(defun azrelease--ask (server command &rest arguments)
  "Have SERVER run COMMAND with ARGUMENTS."
  (jsonrpc-request server :workspace/executeCommand
                   (list :command command :arguments (vconcat arguments))))

(defun azrelease--server ()
  "The server of this buffer."
  (or (eglot-current-server) (user-error "M-x eglot starts the language server first")))

(defun azrelease--write (uri text)
  "Show TEXT as the final YAML of URI."
  (let ((buffer (cdr (assoc uri azrelease--finals))))
    (when (buffer-live-p buffer)
      (with-current-buffer buffer
        (let ((inhibit-read-only t) (point (point)))
          (erase-buffer)
          (insert text)
          (goto-char point))))))

(cl-defmethod eglot-handle-notification (_server (_method (eql 'azrelease/finalYaml)) &key uri text)
  "Show the final YAML TEXT of URI, which has changed."
  (azrelease--write uri text))

(defun azrelease-final-yaml ()
  "Show the final YAML of this file beside it, and keep it current."
  (interactive)
  (let* ((server (azrelease--server))
         (uri (azrelease--uri))
         (text (plist-get (azrelease--ask server "azrelease.server.finalYaml" uri) :text))
         (buffer (get-buffer-create (format "*final %s*" (buffer-name)))))
    (setf (alist-get uri azrelease--finals nil nil #'equal) buffer)
    (with-current-buffer buffer
      (special-mode)
      (add-hook 'kill-buffer-hook
                (lambda ()
                  (setf (alist-get uri azrelease--finals nil t #'equal) nil)
                  (when (jsonrpc-running-p server)
                    (azrelease--ask server "azrelease.server.closeFinalYaml" uri)))
                nil t))
    (azrelease--write uri text)
    (display-buffer buffer)))

(defun azrelease-graph ()
  "Show the graph of this file in a browser."
  (interactive)
  (let ((html (plist-get (azrelease--ask (azrelease--server) "azrelease.server.graph" (azrelease--uri)) :html)))
    (browse-url-of-file (make-temp-file "azrelease" nil ".html" html))))

(defun azrelease-render ()
  "Write the pipeline of this release."
  (interactive)
  (save-buffer)
  (message "%s" (plist-get (azrelease--ask (azrelease--server) "azrelease.server.render" (azrelease--uri)) :message)))

(defun azrelease-rehearse (stage)
  "Rehearse STAGE of this file in a buffer."
  (interactive "sStage: ")
  (let* ((answer (azrelease--ask (azrelease--server) "azrelease.server.rehearsal" (azrelease--uri) stage))
         (command (append (plist-get answer :command) nil))
         (default-directory (file-name-as-directory (plist-get answer :folder))))
    (pop-to-buffer (apply #'make-comint (format "rehearse %s" stage) (car command) nil (cdr command)))))

(provide 'azrelease)

;;; azrelease.el ends here
