/* closer - both files are written out under one name, for short headings. */
#include "images/reproduce/closer.h"

#include "images/read/extract.h"
#include "images/reproduce/command.h"
#include "lib/base/fd.h"

#include <stdio.h>
#include <unistd.h>

#define CLOSER_FILE_BYTES ((size_t)256 << 20)
#define CLOSER_PATH_BYTES 2048
#define CLOSER_LIMIT      "200000" /* bytes of diffoscope's answer */

static int write_out(
	struct view *v, struct str path, const char *to, struct err *e)
{
	AUTO_BUF struct buf bytes = buf_growing(CLOSER_FILE_BYTES);

	if (extract_file(v, path, &bytes, e) < 0)
		return -1;
	return file_write(to, buf_view(&bytes), 0600, e);
}

int closer_look(const struct closer *c, struct err *e)
{
	char first[CLOSER_PATH_BYTES], second[CLOSER_PATH_BYTES];
	const char *const argv[] = {"diffoscope", "--no-progress",
		"--max-text-report-size", CLOSER_LIMIT, "--text", "-", first,
		second, NULL};
	int rc, done = 0;

	buf_fmt(c->report, "%s: /%.*s\n", c->first->path, STR_ARG(c->path));
	if (!command_is_there(argv[0])) {
		buf_text(c->report, "diffoscope is not installed\n");
		return 0;
	}
	snprintf(first, sizeof(first), "%.2000s/first-file", c->work);
	snprintf(second, sizeof(second), "%.2000s/second-file", c->work);
	if (write_out(c->first, c->path, first, e) < 0 ||
		write_out(c->second, c->path, second, e) < 0 ||
		command_text(argv, c->report, &rc, e) < 0)
		done = -1;
	else if (rc > 1)
		buf_fmt(c->report, "diffoscope ends with %d\n", rc);
	unlink(first);
	unlink(second);
	return done;
}
