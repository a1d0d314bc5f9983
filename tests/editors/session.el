;;; session.el --- What a user does with azrelease.el, for tests/editors/test_emacs.py  -*- lexical-binding: t; -*-

(require 'json)
(require 'azrelease)
(require 'flymake)

(unless (fboundp 'yaml-mode)
  (define-derived-mode yaml-mode text-mode "YAML"))

(defun await (what condition)
  "Wait until CONDITION, a function, returns a value, and return it. WHAT names it."
  (let ((end (+ (float-time) 60)) value)
    (while (not (setq value (funcall condition)))
      (when (> (float-time) end)
        (error "Not within a minute: %s" what))
      (accept-process-output nil 0.05))
    value))

(defun show (name value)
  "Print VALUE as the one of NAME."
  (princ (concat (json-encode (list (cons name value))) "\n")))

(defun replace (old new)
  "Replace OLD with NEW in this buffer, and have eglot send the change."
  (goto-char (point-min))
  (while (search-forward old nil t)
    (replace-match new t t))
  (eglot--signal-textDocument/didChange))

(find-file (car command-line-args-left))
(yaml-mode)
(setf (cdar eglot-server-programs) (append (cdr command-line-args-left) '("language-server")))
(apply #'eglot (eglot--guess-contact))
(flymake-start)
(show 'finding (flymake-diagnostic-text (car (await "a finding" #'flymake-diagnostics))))

(azrelease-final-yaml)
(let ((buffer (get-buffer (format "*final %s*" (buffer-name)))))
  (show 'final (with-current-buffer buffer (buffer-string)))
  (replace "tset" "test")
  (show 'current (await "a change" (lambda ()
                                     (with-current-buffer buffer
                                       (and (not (string-match-p "tset" (buffer-string))) (buffer-string))))))
  (kill-buffer buffer))

(save-buffer)
(azrelease-rehearse "test")
(show 'rehearsal (await "the end of a rehearsal" (lambda ()
                                                   (and (string-match-p "rehearsal" (buffer-string)) (buffer-string)))))

(setq command-line-args-left nil)
;;; session.el ends here
