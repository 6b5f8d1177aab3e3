/*
 * confine - run a command that sees, writes and reaches only what it is given.
 *
 *   confine MODE ROOT [PATH | +PATH]... -- COMMAND [ARGUMENT]...
 *   confine probe ROOT [PATH | +PATH]... -- COMMAND [ARGUMENT]...
 *
 * ROOT is the checkout.  The command sees each PATH and may write to a +PATH,
 * as far as its MODE has a view (mode.h); root gives a +PATH to the user that
 * the command becomes.  `probe` prints the strictest mode in which the command
 * succeeds.  Built by the host's compiler, as the recorder is.
 */
#include "static-build/confine/probe.h"
#include "static-build/confine/run.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EXIT_OURS 125 /* ours, not the command's */

struct request {
	const struct mode *mode; /* NULL: probe */
	struct visible view;
	char **argv;
};

static int read_arguments(
	struct request *r, int argc, char **argv, struct err *e)
{
	int i = 3;

	if (argc < 5)
		return err_kind(e, ERR_USAGE,
			"usage: confine MODE ROOT [+]PATH... -- COMMAND");
	r->mode = mode_find(argv[1]);
	if (!r->mode && strcmp(argv[1], "probe") != 0)
		return err_kind(e, ERR_USAGE, "no mode %s", argv[1]);
	r->view.root = argv[2];
	for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
		bool is_writable = argv[i][0] == '+';

		if (visible_add(&r->view, argv[i] + is_writable, is_writable,
			    e) < 0)
			return -1;
	}
	if (i + 1 >= argc)
		return err_kind(e, ERR_USAGE, "no command");
	r->argv = argv + i + 1;
	return 0;
}

/* Where the command becomes another user, that user needs its folders. */
static int give_folders(const struct request *r, struct err *e)
{
	for (size_t i = 0; i < r->view.count; i++) {
		const struct visible_path *p = &r->view.paths[i];

		if (p->is_writable && r->mode->drops_root &&
			lchown(p->path, MODE_USER, MODE_USER) < 0)
			return err_sys(
				e, "give %s to user %d", p->path, MODE_USER);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct request r;
	struct err e = {.kind = ERR_NONE};
	int rc = 0;

	if (read_arguments(&r, argc, argv, &e) == 0) {
		if (!r.mode && probe_modes(&r.view, r.argv, &e) == 0)
			return 0;
		if (r.mode && give_folders(&r, &e) == 0 &&
			run_confined(r.mode, &r.view, r.argv, &rc, &e) == 0)
			return rc;
	}
	fprintf(stderr, "confine: %s\n", e.text);
	return EXIT_OURS;
}
