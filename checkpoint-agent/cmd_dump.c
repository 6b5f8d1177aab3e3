/*
 * cmd_dump - `checkpoint-agent dump`: one container, by hand.
 *
 * For people and tests: the same dump that a request makes, without server,
 * names, limits or retention.  The container is named by its id or by
 * NAMESPACE/POD/CONTAINER.  Without --output the archive gets the kubelet's
 * name in the present directory.  Ctrl-C gives up; the container runs on.
 */
#include "checkpoint-agent/commands.h"

#include "checkpoint-agent/dump.h"
#include "checkpoint-agent/resolve/hostfs.h"
#include "checkpoint-agent/resolve/resolve.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define ARENA_MAX (64u << 20)

static const char *host_root = "";
static const char *criu = "criu";
static const char *output = "";
static const char *compress = "none";
static struct args_list recipients;
static struct args_list runtime_roots;
static bool closes_tcp;
static bool has_manifest;

/* The names in NAMESPACE/POD/CONTAINER; room holds the copy they lie in. */
static bool split_names(const char *text, char *room, size_t size,
		struct resolve_query *q)
{
	struct str rest = str_of(text), part;
	char *at = room;

	if (str_copy(rest, room, size) < 0)
		return false;
	for (int i = 0; i < 3; i++) {
		if (!str_cut(&rest, '/', &part) || part.n == 0)
			return false;
		if (i == 0)
			q->namespace = at;
		else if (i == 1)
			q->pod = at;
		else
			q->container = at;
		at[part.n] = '\0';
		at += part.n + 1;
	}
	return rest.p == NULL;
}

static int find(const struct resolve_place *p, const char *what,
		struct arena *a, struct target *t, struct err *e)
{
	char room[1024];
	struct resolve_query q = {.id = what};
	enum resolve_result r;

	if (strchr(what, '/')) {
		q.id = NULL;
		if (!split_names(what, room, sizeof(room), &q))
			return err_kind(e, ERR_USAGE,
					"%s: not NAMESPACE/POD/CONTAINER",
					what);
	}
	if (resolve_find(p, &q, a, t, &r, e) < 0)
		return -1;
	if (r == RESOLVE_FOUND)
		return 0;
	return err_kind(e, ERR_ABSENT, "%s: %s", what,
			r == RESOLVE_NOT_RUNNING ? "not running"
						 : "no such container");
}

/* Ctrl-C and SIGTERM become something that can be waited for. */
static int open_abort(struct err *e)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	return fd < 0 ? err_sys(e, "signals") : fd;
}

/* "DIR/NAME" -> descriptor of DIR, and NAME (NULL: to be made up). */
static int open_output(int *dir, const char **name, struct err *e)
{
	const char *slash = strrchr(output, '/');
	char path[4096] = ".";

	*name = *output ? output : NULL;
	if (slash) {
		*name = slash + 1;
		if (str_copy((struct str){output, (size_t)(slash - output) + 1},
				    path, sizeof(path)) < 0)
			return err_kind(e, ERR_USAGE, "path too long");
		if (!**name)
			*name = NULL;
	}
	*dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *dir < 0 ? err_sys(e, "%s", path) : 0;
}

static int dump_to(const struct resolve_place *p, const struct target *t,
		struct dump_result *r, struct err *e)
{
	AUTO_FD int dir = -1;
	AUTO_FD int stop = open_abort(e);
	struct dump_order o = {.target = t,
			.host_root = p->root,
			.host_path = host_root,
			.criu = criu,
			.form = {compress, &recipients, has_manifest},
			.closes_tcp = closes_tcp,
			.abort_fd = stop};

	if (stop < 0 || open_output(&dir, &o.name, e) < 0)
		return -1;
	o.dir = dir;
	return dump_container(&o, r, e);
}

static int dump_named(const char *what, struct dump_result *r, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(ARENA_MAX);
	struct resolve_place place = {.roots = &runtime_roots};
	AUTO_FD int root = -1;
	struct target t;
	int rc;

	if (hostfs_open_root(host_root, &root, e) < 0)
		return -1;
	place.root = root;
	if (find(&place, what, &a, &t, e) < 0)
		return -1;
	rc = dump_to(&place, &t, r, e);
	resolve_release(&t);
	return rc;
}

static int run(size_t n, const char *const *operands)
{
	struct dump_result r;
	struct err e = {0};

	(void)n;
	if (dump_named(operands[0], &r, &e) < 0) {
		fprintf(stderr, "checkpoint-agent: %s\n", e.text);
		return err_exit(&e);
	}
	printf("%s %llu bytes, frozen %.3f s, total %.3f s\n", r.name,
			(unsigned long long)r.bytes,
			(double)r.frozen_us / 1e6, (double)r.total_us / 1e6);
	return 0;
}

static const struct args_option options[] = {
		{"output", 'o', ARGS_TEXT, &output, "FILE",
				"write the archive to FILE, which must not "
				"exist",
				0, 0, NULL},
		{"runtime-root", 0, ARGS_LIST, &runtime_roots, "DIR",
				"state directory of runc or crun", 0, 0, NULL},
		{"host-root", 0, ARGS_TEXT, &host_root, "DIR",
				"where the node's root is seen", 0, 0, NULL},
		{"criu", 0, ARGS_TEXT, &criu, "PROGRAM", "CRIU to run", 0, 0,
				NULL},
		{"compress", 0, ARGS_TEXT, &compress, "HOW",
				"none, gzip or zstd", 0, 0, NULL},
		{"encrypt-to", 0, ARGS_LIST, &recipients, "age1...",
				"encrypt to this public key", 0, 0, NULL},
		{"manifest", 0, ARGS_SWITCH, &has_manifest, NULL,
				"put the SHA-256 of each member into it", 0, 0,
				NULL},
		{"tcp-close", 0, ARGS_SWITCH, &closes_tcp, NULL,
				"close TCP connections in the archive", 0, 0,
				NULL},
		{0},
};

const struct args_command command_dump = {
		.name = "dump",
		.operands = "ID|NAMESPACE/POD/CONTAINER",
		.summary = "dump one container into an archive",
		.options = options,
		.min_operands = 1,
		.max_operands = 1,
		.run = run,
};
