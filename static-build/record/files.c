/*
 * files - `record files`: complete a list of files for a manifest.
 *
 * Standard input has a file a line, `PATH` or `PATH<tab>MEMBERS`: PATH is
 * relative to the current directory, MEMBERS is JSON ("key":value,...) to be
 * added.  Standard output gets a JSON line for each, with path, sha256 and
 * size.  A file that can't be read is an error: a manifest has no holes.
 */
#include "lib/arc/sha256.h"
#include "static-build/record/event.h"
#include "static-build/record/roles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int print_file(const struct context *c, char *line, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(EVENT_MAX_BYTES);
	struct json_out o = json_out(&b, 0);
	char *members = strchr(line, '\t');
	struct event_file f;

	if (members)
		*members++ = '\0';
	event_look(c, line, &f);
	if (f.size < 0)
		return err_set(e, "%s: can't be read", line);
	snprintf(f.path, sizeof f.path, "%s", line); /* as given */
	event_put(&o, NULL, &f);
	if (members) {
		b.n--; /* the closing brace */
		buf_fmt(&b, ",%s}", members);
	}
	buf_byte(&b, '\n');
	if (b.full || fwrite(b.p, 1, b.n, stdout) != b.n)
		return err_set(e, "can't write the line of %s", line);
	return 0;
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
