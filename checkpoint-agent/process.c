/*
 * process - see process.h.
 */
#include "checkpoint-agent/process.h"

#include "checkpoint-agent/metadata.h"
#include "checkpoint-agent/resolve/hostfs.h"
#include "checkpoint-agent/resolve/state.h"
#include "lib/base/fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHILDREN_MAX (1u << 20)
#define MAP_BYTES    65536 /* 340 lines, the kernel's limit */

/* A list of processes that grows at its end while it is gone through. */
struct pids {
	uint32_t *pid;
	size_t n;
};

int process_read(uint32_t pid, const char *name, struct buf *b, struct err *e)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	return file_read(path, b, e);
}

int process_namespace(
	uint32_t pid, const char *kind, uint64_t *inode, struct err *e)
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

void process_end_group(uint32_t leader, uint64_t start)
{
	uint64_t now;

	if (process_start(leader, &now, NULL) < 0 || now == start)
		kill(-(pid_t)leader, SIGKILL);
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

static int cut_id(struct str *line, uint64_t *id)
{
	struct str word = {0};

	while (word.n == 0 && str_cut(line, ' ', &word))
		;
	return str_u64(word, 0, UINT32_MAX, id);
}

/* user_namespaces(7): lines of first id inside, first outside, how many. */
int process_find_root_group(uint32_t pid, uint32_t *gid, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(MAP_BYTES);
	struct str map, line;

	if (process_read(pid, "gid_map", &b, e) < 0)
		return -1;
	map = buf_view(&b);
	while (str_cut(&map, '\n', &line)) {
		uint64_t inside, outside;

		if (cut_id(&line, &inside) < 0 || inside != 0 ||
			cut_id(&line, &outside) < 0)
			continue;
		*gid = (uint32_t)outside;
		return 0;
	}
	return err_kind(e, ERR_INPUT,
		"process %u is in a user namespace without a group 0", pid);
}

static void push_children(struct pids *p, struct str text)
{
	struct str word;
	uint64_t pid;

	while (str_cut(&text, ' ', &word))
		if (p->n < PROCESS_TREE_MAX &&
			str_u64(word, 1, UINT32_MAX, &pid) == 0)
			p->pid[p->n++] = (uint32_t)pid;
}

static void find_children(struct pids *p, uint32_t pid)
{
	char path[64];
	struct dirent *entry;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%u/task", pid);
	d = opendir(path);
	while (d && (entry = readdir(d))) {
		AUTO_BUF struct buf b = buf_growing(CHILDREN_MAX);

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "task/%.20s/children",
			entry->d_name);
		if (process_read(pid, path, &b, NULL) == 0)
			push_children(p, buf_view(&b));
	}
	if (d)
		closedir(d);
}

int process_tree(uint32_t pid, uint32_t **pids, size_t *n, struct err *e)
{
	struct pids p = {.pid = calloc(PROCESS_TREE_MAX, sizeof(*p.pid))};

	if (!p.pid)
		return err_kind(e, ERR_LIMIT, "out of memory");
	p.pid[p.n++] = pid;
	for (size_t i = 0; i < p.n; i++)
		find_children(&p, p.pid[i]);
	*pids = p.pid;
	*n = p.n;
	return 0;
}
