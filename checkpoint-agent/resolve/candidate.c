/*
 * candidate - see candidate.h.
 */
#include "checkpoint-agent/resolve/candidate.h"

#include "checkpoint-agent/resolve/engine.h"
#include "checkpoint-agent/resolve/hostfs.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/log.h"

#include <limits.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* State and specification of one container are a few KiB; seccomp: 100. */
#define FILE_BYTES_MAX (4u << 20)
#define STAT_BYTES     1024

static int parse_file(int root, const char *path, struct arena *a,
	const struct node **tree, struct str *text, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(FILE_BYTES_MAX);
	char *copy;

	if (hostfs_read(root, path, &b, e) < 0)
		return -1;
	copy = arena_copy(a, buf_view(&b));
	if (!copy)
		return err_kind(e, ERR_LIMIT, "%s: too large", path);
	*text = (struct str){copy, b.n};
	if (json_parse(*text, a, tree, e) < 0)
		return err_at(e, "%s", path);
	return 0;
}

static int load_state(int root, const char *dir, struct arena *a,
	struct candidate *c, struct err *e)
{
	const struct node *tree;
	struct str text;
	char path[PATH_MAX];

	for (size_t i = 0; state_files[i]; i++) {
		int n = snprintf(path, sizeof(path), "%s/%s/%s", dir, c->id,
			state_files[i]);

		if (n < 0 || (size_t)n >= sizeof(path))
			return err_set(e, "path too long");
		if (parse_file(root, path, a, &tree, &text, e) == 0)
			return state_parse(state_files[i], tree, &c->state, e);
		if (e->kind != ERR_ABSENT)
			return -1;
	}
	return -1;
}

/* Nobody's: RUNTIME/ID/ID. */
static int name_alone(struct candidate *c, struct arena *a, struct err *e)
{
	const char *id = arena_copy(a, str_of(c->id));

	if (!id)
		return err_kind(e, ERR_LIMIT, "out of memory");
	c->spec.names =
		(struct spec_names){.namespace = str_of(c->state.runtime),
			.pod = str_of(id),
			.container = str_of(id)};
	return 0;
}

int candidate_load_spec(int host_root, struct str bundle, struct arena *a,
	struct candidate *c, struct err *e)
{
	const struct node *tree;
	char path[PATH_MAX];
	int n = snprintf(
		path, sizeof(path), "%.*s/config.json", STR_ARG(bundle));

	if (n < 0 || (size_t)n >= sizeof(path))
		return err_set(e, "path too long");
	if (parse_file(host_root, path, a, &tree, &c->spec_text, e) < 0 ||
		spec_parse(tree, &c->spec, e) < 0)
		return -1;
	if (c->spec.names.namespace.n ||
		engine_find_names(host_root, c->id, bundle, a, &c->spec))
		return 0;
	return name_alone(c, a, e);
}

bool candidate_load(int host_root, const char *dir, const char *id,
	struct arena *a, struct candidate *c)
{
	struct err e = {0};

	*c = (struct candidate){.id = id};
	if (load_state(host_root, dir, a, c, &e) == 0 &&
		candidate_load_spec(host_root, c->state.bundle, a, c, &e) == 0)
		return true;
	if (e.kind != ERR_ABSENT)
		log_event(LOG_DEBUG, "container passed over", "id", id, "state",
			dir, "error", e.text, NULL);
	return false;
}

int candidate_hold(const struct state *s, int *pidfd, uint64_t *start_ticks)
{
	char path[64], text[STAT_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));
	AUTO_FD int fd = (int)syscall(SYS_pidfd_open, (pid_t)s->pid, 0);

	if (fd < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/%u/stat", s->pid);
	if (file_read(path, &b, NULL) < 0)
		return -1;
	if (state_start_ticks(buf_view(&b), start_ticks, NULL) < 0)
		return -1;
	if (s->start_ticks && s->start_ticks != *start_ticks)
		return -1;
	*pidfd = fd_take(&fd);
	return 0;
}
