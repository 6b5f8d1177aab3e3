/*
 * candidate - see candidate.h.
 */
#include "checkpoint-agent/resolve/candidate.h"

#include "checkpoint-agent/resolve/engine.h"
#include "checkpoint-agent/resolve/hostfs.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/log.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* State and specification of one container are a few KiB; seccomp: 100. */
#define FILE_BYTES_MAX (4u << 20)
#define STAT_BYTES     1024

static int parse_file(int root, const char *path, uint32_t owner_uid,
	struct arena *a, const struct node **tree, struct str *text,
	struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(FILE_BYTES_MAX);
	char *copy;

	if (hostfs_read_of(root, path, owner_uid, &b, e) < 0)
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
		if (parse_file(root, path, c->owner_uid, a, &tree, &text, e) ==
			0)
			return state_parse(state_files[i], tree, &c->state, e);
		if (e->kind != ERR_ABSENT)
			return -1;
	}
	return -1;
}

/* Nobody's: RUNTIME/ID/ID; a user's: user-UID/ID/ID. */
static int name_alone(struct candidate *c, struct arena *a, struct err *e)
{
	const char *id = arena_copy(a, str_of(c->id));
	const char *namespace = c->state.runtime;
	char user[32];

	if (c->owner_uid) {
		snprintf(user, sizeof(user), "user-%u", (unsigned)c->owner_uid);
		namespace = arena_copy(a, str_of(user));
	}
	if (!id || !namespace)
		return err_kind(e, ERR_LIMIT, "out of memory");
	c->spec.names = (struct spec_names){.namespace = str_of(namespace),
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
	if (parse_file(host_root, path, c->owner_uid, a, &tree, &c->spec_text,
		    e) < 0 ||
		spec_parse(tree, &c->spec, e) < 0)
		return -1;
	if (c->owner_uid == 0 && (c->spec.names.namespace.n ||
					 engine_find_names(host_root, c->id,
						 bundle, a, &c->spec)))
		return 0;
	return name_alone(c, a, e);
}

bool candidate_load(
	int host_root, const char *dir, struct arena *a, struct candidate *c)
{
	struct err e = {0};

	*c = (struct candidate){.id = c->id, .owner_uid = c->owner_uid};
	if (load_state(host_root, dir, a, c, &e) == 0 &&
		candidate_load_spec(host_root, c->state.bundle, a, c, &e) == 0)
		return true;
	if (e.kind != ERR_ABSENT)
		log_event(LOG_DEBUG, "container passed over", "id", c->id,
			"state", dir, "error", e.text, NULL);
	return false;
}

/* The kernel's word on who made the user namespace that it is in. */
static bool is_process_of(uint32_t pid, uid_t uid)
{
	char path[64];
	AUTO_FD int fd = -1;
	uid_t owner;

	snprintf(path, sizeof(path), "/proc/%u/ns/user", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && ioctl(fd, NS_GET_OWNER_UID, &owner) == 0 &&
	       owner == uid;
}

int candidate_hold(const struct candidate *c, int *pidfd, uint64_t *start_ticks)
{
	const struct state *s = &c->state;
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
	if (c->owner_uid && !is_process_of(s->pid, c->owner_uid))
		return -1;
	*pidfd = fd_take(&fd);
	return 0;
}
