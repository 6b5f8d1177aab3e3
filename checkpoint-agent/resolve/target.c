/*
 * target - copy what is needed of a candidate, and ask its pidfd.
 *
 * poll(2) finds a pidfd readable once its process has ended (pidfd_open(2)).
 */
#include "checkpoint-agent/resolve/target.h"

#include "lib/base/fd.h"

#include <poll.h>

#define TARGET_BYTES_MAX (64u << 20) /* of all texts */

struct target target_make(void)
{
	return (struct target){
		.arena = arena_make(TARGET_BYTES_MAX), .pidfd = -1};
}

int target_take(
	struct target *t, const struct candidate *c, int pidfd, struct err *e)
{
	t->id = arena_copy(&t->arena, str_of(c->id));
	t->runtime = c->state.runtime;
	t->created = arena_copy(&t->arena, c->state.created);
	t->cgroup = arena_copy(&t->arena, c->state.cgroup);
	t->told = cri_told_nothing();
	t->spec_text = c->spec_text;
	t->spec = c->spec;
	t->pid = c->state.pid;
	t->owner_uid = c->owner_uid;
	t->pidfd = pidfd;
	if (t->id && t->cgroup && t->created)
		return 0;
	return err_kind(e, ERR_LIMIT, "container %s: too large", c->id);
}

bool target_is_running(const struct target *t)
{
	struct pollfd p = {.fd = t->pidfd, .events = POLLIN};

	return poll(&p, 1, 0) == 0;
}

void target_release(struct target *t)
{
	fd_close(&t->pidfd);
	arena_free(&t->arena);
}
