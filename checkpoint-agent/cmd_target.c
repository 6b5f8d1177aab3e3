/*
 * cmd_target - see cmd_target.h.
 */
#include "checkpoint-agent/cmd_target.h"

#include "checkpoint-agent/resolve/hostfs.h"
#include "lib/base/fd.h"

#include <string.h>

#define ARENA_MAX   (64u << 20)
#define NAMES_BYTES 1024

/* The names in NAMESPACE/POD/CONTAINER; room holds the copy they lie in. */
static bool split_names(
	const char *text, char room[NAMES_BYTES], struct resolve_query *q)
{
	const char **to[] = {&q->namespace, &q->pod, &q->container};
	struct str rest = str_of(text), part;
	char *at = room;

	if (str_copy(rest, room, NAMES_BYTES) < 0)
		return false;
	for (size_t i = 0; i < sizeof(to) / sizeof(*to); i++) {
		if (!str_cut(&rest, '/', &part) || part.n == 0)
			return false;
		*to[i] = at;
		at[part.n] = '\0';
		at += part.n + 1;
	}
	return rest.p == NULL;
}

static int make_query(const struct cmd_place *p, const char *what,
	char room[NAMES_BYTES], struct resolve_query *q, struct err *e)
{
	*q = (struct resolve_query){.id = what, .pid = (uint32_t)p->pid};
	if (what && p->pid)
		return err_kind(e, ERR_USAGE,
			"a name and --pid are one too "
			"many");
	if (!what && !p->pid)
		return err_kind(e, ERR_USAGE,
			"which container? Give ID, "
			"NAMESPACE/POD/CONTAINER or "
			"--pid");
	if (!what || !strchr(what, '/'))
		return 0;
	q->id = NULL;
	if (split_names(what, room, q))
		return 0;
	return err_kind(e, ERR_USAGE, "%s: not NAMESPACE/POD/CONTAINER", what);
}

static int find_process(const struct cmd_place *p, struct cmd_found *f,
	enum resolve_result *r, struct err *e)
{
	if (*p->bundle == '\0')
		return err_kind(e, ERR_ABSENT,
			"process %u is in no container of a runtime "
			"known here; --bundle names the directory of "
			"its config.json",
			(unsigned)p->pid);
	*r = RESOLVE_FOUND;
	return resolve_process(&f->place, (uint32_t)p->pid, p->bundle,
		&f->arena, &f->target, e);
}

int cmd_find(const struct cmd_place *p, const char *what, struct cmd_found *f,
	struct err *e)
{
	struct resolve_query q;
	enum resolve_result r;
	char room[NAMES_BYTES];

	*f = (struct cmd_found){.arena = arena_make(ARENA_MAX),
		.place = {.root = -1,
			.roots = &p->runtime_roots,
			.cri_endpoint = p->cri_endpoint,
			.abort_fd = -1},
		.target = {.pidfd = -1}};
	if (make_query(p, what, room, &q, e) < 0 ||
		hostfs_open_root(p->host_root, &f->place.root, e) < 0)
		return -1;
	if (resolve_find(&f->place, &q, &f->arena, &f->target, &r, e) < 0)
		return -1;
	if (q.pid && r != RESOLVE_FOUND && find_process(p, f, &r, e) < 0)
		return -1;
	if (r == RESOLVE_FOUND)
		return 0;
	return err_kind(e, ERR_ABSENT, "%s: %s", what,
		r == RESOLVE_NOT_RUNNING ? "not running" : "no such container");
}

void cmd_found_close(struct cmd_found *f)
{
	resolve_release(&f->target);
	fd_close(&f->place.root);
	arena_free(&f->arena);
}
