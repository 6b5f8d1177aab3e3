/*
 * operand - turns the operand and its options into a query for the resolver.
 *
 * A process that no runtime knows is found by --pid all the same, if --bundle
 * names its configuration.
 */
#include "checkpoint-agent/cmd/operand.h"

#include "checkpoint-agent/node/hostfs.h"
#include "lib/base/fd.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_BYTES 1024

/* Split NAMESPACE/POD/CONTAINER into a copy in room. */
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

static int make_query(const struct operand_options *o, const char *what,
	char room[NAMES_BYTES], struct resolve_query *q, struct err *e)
{
	*q = (struct resolve_query){.id = what, .pid = (uint32_t)o->pid};
	if (what && o->pid)
		return err_kind(e, ERR_USAGE, "give a name or --pid, not both");
	if (!what && !o->pid)
		return err_kind(e, ERR_USAGE,
			"name the container: ID, NAMESPACE/POD/CONTAINER or "
			"--pid PID");
	if (!what || !strchr(what, '/'))
		return 0;
	q->id = NULL;
	if (split_names(what, room, q))
		return 0;
	return err_kind(
		e, ERR_USAGE, "%s: expected NAMESPACE/POD/CONTAINER", what);
}

static int find_process(const struct operand_options *o,
	struct operand_found *f, enum resolve_result *r, struct err *e)
{
	char bundle[PATH_MAX];

	if (*o->bundle == '\0')
		return err_kind(e, ERR_ABSENT,
			"process %u: no known runtime has a container with "
			"it; give --bundle with the directory of its "
			"config.json",
			(unsigned)o->pid);
	if (!realpath(o->bundle, bundle))
		return err_sys(e, "--bundle %s", o->bundle);
	*r = RESOLVE_FOUND;
	return resolve_process((uint32_t)o->pid, bundle, &f->target, e);
}

int operand_find(const struct operand_options *o, const char *what,
	struct operand_found *f, struct err *e)
{
	struct resolve_query q;
	enum resolve_result r;
	char room[NAMES_BYTES];

	*f = (struct operand_found){.place = {.root = -1,
					    .root_path = o->host_root,
					    .roots = &o->runtime_roots,
					    .cri_endpoint = o->cri_endpoint,
					    .abort_fd = -1},
		.target = {.pidfd = -1}};
	if (make_query(o, what, room, &q, e) < 0 ||
		hostfs_open_root(o->host_root, &f->place.root, e) < 0)
		return -1;
	if (resolve_find(&f->place, &q, &f->target, &r, e) < 0)
		return -1;
	if (q.pid && r != RESOLVE_FOUND && find_process(o, f, &r, e) < 0)
		return -1;
	if (r == RESOLVE_FOUND)
		return 0;
	return err_kind(e, ERR_ABSENT, "%s: %s", what,
		r == RESOLVE_NOT_RUNNING ? "not running" : "no such container");
}

void operand_close(struct operand_found *f)
{
	target_release(&f->target);
	fd_close(&f->place.root);
}
