/*
 * One event a line on stderr: level for journald ("<6>"), UTC time with ms, process, event
 * name, the task's label, then key=value pairs. Values with blanks or quotes are quoted,
 * control bytes escaped. Never a secret, a token, a whole ESI ID or an e-mail address: log_id()
 * and log_mail() mask them. Lines over 1,000 bytes are cut; the same event more than 50 times a
 * second is counted and told once ("log.suppressed"). ERROR is what should wake a person.
 */
#ifndef RT_LOG_H
#define RT_LOG_H

#include "rt/task.h"

enum log_level { LOG_ERROR_ = 3, LOG_WARN_ = 4, LOG_INFO_ = 6, LOG_DEBUG_ = 7 };

void log_start(const char *process, enum log_level least); /* before any other */
void log_line(const struct task *t, enum log_level level, const char *event, const char *fmt,
    ...) PRINTF_LIKE(4, 5);
/* t may be NULL outside tasks. fmt "" for no values. */
#define log_error(t, event, ...) log_line(t, LOG_ERROR_, event, __VA_ARGS__)
#define log_warn(t, event, ...)	 log_line(t, LOG_WARN_, event, __VA_ARGS__)
#define log_info(t, event, ...)	 log_line(t, LOG_INFO_, event, __VA_ARGS__)
#define log_debug(t, event, ...) log_line(t, LOG_DEBUG_, event, __VA_ARGS__)

enum { LOG_ID_SIZE = 32, LOG_TEXT_SIZE = 256 };
/* "1044…0001": the first four and last four characters. */
const char *log_id(char to[LOG_ID_SIZE], struct str id);
const char *log_mail(char to[LOG_ID_SIZE], struct str address); /* "j…@e…" */
/* A value that may hold anything, made safe for a line: in quotes when it is empty or has a
 * blank, '=' or anything escaped: quote, backslash, control bytes and what is not UTF-8 (\n,
 * \x1b). Cut to fit, with an ellipsis. */
const char *log_text(char to[LOG_TEXT_SIZE], struct str s);

/* Tells what was suppressed so far: for the end of the process. */
void log_flush(void);
/* For tests: another descriptor than stderr, and a clock (ms since 1970) other than the
 * system's. */
void log_to(int fd, int64_t (*clock_ms)(void));

#endif
