/*
 * process - see process.h.
 */
#include "checkpoint-agent/process.h"

#include "checkpoint-agent/metadata.h"
#include "checkpoint-agent/resolve/hostfs.h"
#include "checkpoint-agent/resolve/state.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int process_read(uint32_t pid, const char *name, struct buf *b,
		struct err *e)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	return file_read(path, b, e);
}

int process_namespace(uint32_t pid, const char *kind, uint64_t *inode,
		struct err *e)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%u/ns/%s", pid, kind);
	if (stat(path, &st) < 0)
		return err_sys(e, "%s", path);
	*inode = st.st_ino;
	return 0;
}

int process_start(uint32_t pid, uint64_t *ticks, struct err *e)
{
	char text[1024];
	struct buf b = buf_fixed(text, sizeof(text));

	if (process_read(pid, "stat", &b, e) < 0)
		return -1;
	return state_start_ticks(buf_view(&b), ticks, e);
}

int process_put_descriptors(struct buf *b, uint32_t pid, struct err *e)
{
	static char room[METADATA_DESCRIPTORS][PATH_MAX];
	const char *target[METADATA_DESCRIPTORS];

	for (int i = 0; i < METADATA_DESCRIPTORS; i++) {
		char path[64];
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/%u/fd/%d", pid, i);
		n = readlink(path, room[i], sizeof(room[i]) - 1);
		room[i][n > 0 ? n : 0] = '\0'; /* a closed one: "" */
		target[i] = room[i];
	}
	metadata_put_descriptors(b, target);
	return b->full ? err_kind(e, ERR_LIMIT, "descriptors.json") : 0;
}

const char *process_find(void *context, const char *path)
{
	const struct process_finder *f = context;
	char name[64], where[PATH_MAX];
	AUTO_FD int root = -1;
	AUTO_FD int fd = -1;
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/%u/root", f->pid);
	root = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || hostfs_open(root, path, O_PATH, &fd, NULL) < 0)
		return NULL;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, where, sizeof(where));
	if (n <= 0 || (size_t)n >= sizeof(where))
		return NULL;
	return arena_copy(f->arena, (struct str){where, (size_t)n});
}
