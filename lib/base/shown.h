/*
 * shown - text of others on a terminal.
 *
 * Names, labels and messages in archives and images are written by whoever
 * made them; control characters among them would command the terminal
 * (ECMA-48: C0, DEL and C1).  They are shown as '?', and a line stays a line.
 */
#ifndef KEELSON_BASE_SHOWN_H
#define KEELSON_BASE_SHOWN_H

#include "lib/base/buf.h"

#include <stdio.h>

/* Append the text without control characters. */
void shown_put(struct buf *b, struct str text);

/*
 * Print one line, formatted as printf(3) does, without control characters.  Of
 * text that is longer than 1 MiB, or than there is memory for, "... (too long)"
 * is printed in its place.
 */
void shown_line(FILE *to, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The same without the end of the line. */
void shown_part(FILE *to, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Was some text too long?  args_main() then says so, and fails. */
bool shown_has_lost(void);

#endif
