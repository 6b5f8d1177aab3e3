/*
 * candidate - read state file and config.json, and hold the process.
 *
 * runc writes state.json and crun writes status; whichever exists is parsed.
 * Sizes are limited, and a user's files must be regular files of that user.
 */
#include "checkpoint-agent/resolve/candidate.h"

#include "checkpoint-agent/node/hostfs.h"
#include "checkpoint-agent/node/process.h"
#include "checkpoint-agent/resolve/naming.h"
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

/* State and specification are a few KiB; with seccomp rules about 100. */
#define FILE_BYTES_MAX (4u << 20)

static int parse_file(const struct candidate *c, const char *path,
	const struct node **tree, struct str *text, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(FILE_BYTES_MAX);
	char *copy;

	if (hostfs_read_of(c->host_root, path, c->owner_uid, &b, e) < 0)
		return -1;
	copy = arena_copy(c->arena, buf_view(&b));
	if (!copy)
		return err_kind(e, ERR_LIMIT, "%s: too large", path);
	*text = (struct str){copy, b.n};
	if (json_parse(*text, c->arena, tree, e) < 0)
		return err_at(e, "%s", path);
	return 0;
}

static int load_state(struct candidate *c, const char *dir, struct err *e)
{
	const struct node *tree;
	struct str text;
	char path[PATH_MAX];

	for (size_t i = 0; state_files[i]; i++) {
		int n = snprintf(path, sizeof(path), "%s/%s/%s", dir, c->id,
			state_files[i]);

		if (n < 0 || (size_t)n >= sizeof(path))
			return err_set(e, "%s/%s: path too long", dir, c->id);
		if (parse_file(c, path, &tree, &text, e) == 0)
			return state_parse(state_files[i], tree, &c->state, e);
		if (e->kind != ERR_ABSENT)
			return -1;
	}
	return -1;
}

int candidate_load_spec(struct candidate *c, struct str bundle, struct err *e)
{
	const struct node *tree;
	char path[PATH_MAX];
	int n = snprintf(
		path, sizeof(path), "%.*s/config.json", STR_ARG(bundle));

	if (n < 0 || (size_t)n >= sizeof(path))
		return err_set(e, "bundle of %s: path too long", c->id);
	if (parse_file(c, path, &tree, &c->spec_text, e) < 0 ||
		spec_parse(tree, &c->spec, e) < 0)
		return -1;
	return naming_find(&(struct naming){.host_root = c->host_root,
				   .arena = c->arena,
				   .id = c->id,
				   .runtime = c->state.runtime,
				   .owner_uid = c->owner_uid,
				   .bundle = bundle,
				   .spec = &c->spec},
		e);
}

bool candidate_load(struct candidate *c, const char *dir)
{
	struct err e = {0};

	if (load_state(c, dir, &e) == 0 &&
		candidate_load_spec(c, c->state.bundle, &e) == 0)
		return true;
	if (e.kind != ERR_ABSENT)
		log_event(LOG_DEBUG, "container skipped", "id", c->id, "state",
			dir, "error", e.text, NULL);
	return false;
}

/* Was the user namespace of the process made by this user (ioctl_nsfs(2))? */
static bool is_in_namespace_of(uint32_t pid, uid_t uid)
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
	AUTO_FD int fd = (int)syscall(SYS_pidfd_open, (pid_t)s->pid, 0);

	if (fd < 0)
		return -1;
	if (process_start(s->pid, start_ticks, NULL) < 0)
		return -1;
	if (s->start_ticks && s->start_ticks != *start_ticks)
		return -1;
	if (c->owner_uid && !is_in_namespace_of(s->pid, c->owner_uid))
		return -1;
	*pidfd = fd_take(&fd);
	return 0;
}
