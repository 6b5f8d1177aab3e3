/*
 * `record files`: standard input has `PATH` or `PATH<tab>MEMBERS` lines, PATH
 * from the current directory, MEMBERS ready JSON ("key":value,...).  Standard
 * output gets a JSON line for each with path, sha256, size and the members.
 * A file that can't be read is an error: a manifest has no holes.
 */
#include "lib/arc/sha256.h"
#include "static-build/record/event.h"
#include "static-build/record/roles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int print_file(const struct context *c, char *line, struct err *e)
{
	char *members = strchr(line, '\t');
	struct event ev = {.c = c, .b = buf_growing(EVENT_MAX_BYTES)};
	struct event_file f;
	int rc = 0;

	if (members)
		*members++ = '\0';
	event_look(c, line, &f);
	if (f.size < 0)
		return err_set(e, "%s: can't be read", line);
	snprintf(f.path, sizeof f.path, "%s", line); /* as given */
	event_looked(&ev, NULL, &f);
	if (members) {
		ev.b.n--; /* the closing brace */
		buf_fmt(&ev.b, ",%s}", members);
	}
	buf_byte(&ev.b, '\n');
	if (ev.b.full || fwrite(ev.b.p, 1, ev.b.n, stdout) != ev.b.n)
		rc = err_set(e, "can't write the line of %s", line);
	buf_free(&ev.b);
	return rc;
}

int files_list(const struct context *c, struct err *e)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = getline(&line, &room, stdin)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		rc = print_file(c, line, e);
	}
	free(line);
	if (rc == 0 && fflush(stdout) != 0)
		rc = err_sys(e, "standard output");
	return rc;
}
