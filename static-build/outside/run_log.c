/*
 * run_log - the lines of earlier runs are kept; the file is written anew, so
 * that it is whole.
 */
#include "static-build/outside/run_log.h"

#include "lib/arc/oci.h"
#include "lib/base/clock.h"
#include "lib/base/fd.h"
#include "lib/base/json_out.h"
#include "lib/base/version.h"

#include <stdio.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { RUN_LOG_MAX = 16 << 20, RUN_LOG_RELEASE_MAX = 1 << 16 };

int run_log_start(struct run_log *r, struct err *e)
{
	unsigned char b[16];
	char hex[33];

	if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b))
		return err_sys(e, "getrandom");
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* version 4 */
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	str_hex(b, sizeof(b), hex);
	snprintf(r->id, sizeof(r->id), "%.8s-%.4s-%.4s-%.4s-%.12s", hex,
		hex + 8, hex + 12, hex + 16, hex + 20);
	r->started_ns = clock_wall_ns();
	return 0;
}

static void run_log_time(struct json_out *o, const char *key, int64_t ns)
{
	char text[OCI_TIME_BYTES];

	oci_time(ns / 1000000000, text);
	json_text(o, key, text);
}

/* What the machine calls itself: PRETTY_NAME of os-release(5). */
static void run_log_system(struct json_out *o)
{
	AUTO_BUF struct buf text = buf_growing(RUN_LOG_RELEASE_MAX);
	struct str rest, line, name = {0};

	if (access("/etc/os-release", R_OK) < 0 ||
		file_read("/etc/os-release", &text, NULL) < 0)
		return;
	rest = buf_view(&text);
	while (str_cut(&rest, '\n', &line))
		if (str_has_prefix(line, STR("PRETTY_NAME=")))
			name = str_sub(line, STR("PRETTY_NAME=").n, line.n);
	if (name.n > 1 && name.p[0] == '"')
		name = str_sub(name, 1, name.n - 2);
	json_str(o, "system", name);
}

static void run_log_host(struct json_out *o)
{
	struct utsname u;

	json_map(o, "host");
	run_log_system(o);
	if (uname(&u) == 0) {
		json_text(o, "kernel", u.release);
		json_text(o, "machine", u.machine);
	}
	json_map_end(o);
}

static void run_log_line(
	const struct run_log *r, char *const *argv, int rc, struct buf *out)
{
	struct json_out o = json_out(out, 0);

	json_map(&o, NULL);
	json_text(&o, "invocation", r->id);
	run_log_time(&o, "started", r->started_ns);
	run_log_time(&o, "finished", clock_wall_ns());
	json_list(&o, "command");
	for (size_t i = 0; argv[i] != NULL; i++)
		json_text(&o, NULL, argv[i]);
	json_list_end(&o);
	json_whole(&o, "exit", rc);
	json_text(&o, "keelson", KEELSON_VERSION);
	run_log_host(&o);
	json_map_end(&o);
	buf_byte(out, '\n');
}

int run_log_finish(const struct run_log *r, const struct place *p,
	char *const *argv, int rc, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(RUN_LOG_MAX);
	const char *path = place_path(p->arena, p->dir, "runs.jsonl", e);

	if (path == NULL)
		return -1;
	if (access(path, F_OK) == 0 && file_read(path, &text, e) < 0)
		return -1;
	run_log_line(r, argv, rc, &text);
	if (text.full)
		return err_kind(e, ERR_LIMIT,
			"%s: too many runs; remove it to begin anew", path);
	return file_write(path, buf_view(&text), 0644, e);
}
