/*
 * watches - read inode numbers from fdinfo, sort them, and walk the container's
 * root until each has a path.
 *
 * The walk sees what CRIU sees: it compares what stat(2) says of a name with
 * the numbers in fdinfo, stays on the file system of the root, and follows no
 * links; the container runs meanwhile and may change what it likes.
 */
#include "checkpoint-agent/preflight/watches.h"

#include "checkpoint-agent/node/hostfs.h"
#include "checkpoint-agent/node/process.h"
#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/base/fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#define FDINFO_MAX (4u << 20)  /* some 150 bytes for each watch */
#define QUEUE_MAX  (64u << 20) /* names of directories still to be visited */

/* ---- fdinfo ------------------------------------------------------------- */

/* The value of "KEY:hex" among the words of a line. */
static bool find_hex(struct str line, struct str key, uint64_t *value)
{
	struct str word;
	char text[24], *end;

	while (str_cut(&line, ' ', &word)) {
		if (!str_has_prefix(word, key))
			continue;
		if (str_copy(str_sub(word, key.n, word.n), text, sizeof(text)) <
			0)
			return false;
		*value = strtoull(text, &end, 16);
		return text[0] != '\0' && *end == '\0';
	}
	return false;
}

/* Of a mount or a file system fanotify tells no inode. */
static bool is_watch(struct str line)
{
	return str_has_prefix(line, STR("inotify ")) ||
	       str_has_prefix(line, STR("fanotify ino:"));
}

/* Kernel: include/linux/kdev_t.h; not as stat(2) encodes it. */
static dev_t device_of(uint64_t number)
{
	return makedev((unsigned)(number >> 20), (unsigned)(number & 0xfffff));
}

bool watches_next(struct str *fdinfo, dev_t device, uint64_t *inode)
{
	struct str line;
	uint64_t number;

	while (str_cut(fdinfo, '\n', &line))
		if (is_watch(line) && find_hex(line, STR("ino:"), inode) &&
			find_hex(line, STR("sdev:"), &number) &&
			device_of(number) == device)
			return true;
	return false;
}

void watches_start(struct watches *w, uint32_t pid, struct arena *a)
{
	char path[32];
	struct statfs fs;
	struct stat st;

	memset(w, 0, sizeof(*w));
	w->arena = a;
	w->pid = pid;
	snprintf(path, sizeof(path), "/proc/%u/root/", pid);
	if (statfs(path, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC &&
		stat(path, &st) == 0)
		w->device = st.st_dev;
}

void watches_add(struct watches *w, uint32_t pid, const char *fd)
{
	AUTO_BUF struct buf info = buf_growing(FDINFO_MAX);
	char name[32];
	struct str text;
	uint64_t inode;

	snprintf(name, sizeof(name), "fdinfo/%.16s", fd);
	if (w->device == 0 || process_read(pid, name, &info, NULL) < 0)
		return;
	text = buf_view(&info);
	while (w->n < WATCHES_MAX && watches_next(&text, w->device, &inode))
		w->watch[w->n++] = (struct watch){.inode = inode, .pid = pid};
}

/* ---- the walk ----------------------------------------------------------- */

struct todo {
	struct todo *next;
	const char *path; /* "" is the root */
};

struct search {
	struct watches *w;
	struct arena arena;
	struct todo *first, **last;
	int root;
	size_t left; /* inodes without a path */
	size_t seen;
	uint64_t end_ns;
	bool is_cut; /* by a limit */
};

static int by_inode(const void *a, const void *b)
{
	const struct watch *x = a, *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

/* Sorted, and each inode once. */
static void sort_watches(struct watches *w)
{
	size_t kept = 0;

	qsort(w->watch, w->n, sizeof(*w->watch), by_inode);
	for (size_t i = 0; i < w->n; i++)
		if (kept == 0 || w->watch[kept - 1].inode != w->watch[i].inode)
			w->watch[kept++] = w->watch[i];
	w->n = kept;
}

static bool push(struct search *s, const char *path)
{
	struct todo *t = arena_alloc(&s->arena, sizeof(*t));

	if (t)
		*t = (struct todo){.path = arena_copy(&s->arena, str_of(path))};
	if (!t || !t->path)
		return false;
	*s->last = t;
	s->last = &t->next;
	return true;
}

static void keep_path(struct search *s, struct watch *found, const char *path)
{
	struct watches *w = s->w;
	char *copy;

	found->is_found = true;
	s->left--;
	w->path_bytes += strlen(path) + 1;
	copy = w->path_bytes > WATCHES_PATH_MAX
		       ? NULL
		       : arena_copy(w->arena, str_of(path));
	if (copy)
		w->path[w->path_count++] = str_of(copy);
}

/* Is the inode watched?  `path` is one of its names. */
static void compare(struct search *s, uint64_t inode, const char *path)
{
	const struct watch key = {.inode = inode};
	struct watch *found =
		bsearch(&key, s->w->watch, s->w->n, sizeof(key), by_inode);

	if (found && !found->is_found)
		keep_path(s, found, path);
}

/* `path` is that of the name that st describes. */
static void visit(struct search *s, const struct stat *st, const char *path)
{
	if (st->st_dev != s->w->device)
		return;
	compare(s, st->st_ino, path);
	if (S_ISDIR(st->st_mode) && !push(s, path))
		s->is_cut = true;
}

static bool is_over(struct search *s)
{
	if (s->seen++ >= WATCHES_SEEN_MAX ||
		(s->seen % 1024 == 0 && clock_monotonic_ns() > s->end_ns))
		s->is_cut = true;
	return s->left == 0 || s->is_cut;
}

static void read_names(struct search *s, DIR *d, const char *at)
{
	static char path[PATH_MAX];
	const struct dirent *entry;
	struct stat st;

	while (!is_over(s) && (entry = readdir(d))) {
		int n;

		if (strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0)
			continue;
		n = snprintf(path, sizeof(path), "%s/%s", at, entry->d_name);
		if (n > 0 && (size_t)n < sizeof(path) &&
			fstatat(dirfd(d), entry->d_name, &st,
				AT_SYMLINK_NOFOLLOW) == 0)
			visit(s, &st, path);
	}
}

static void read_dir(struct search *s, const char *path)
{
	int fd;
	DIR *d;

	if (hostfs_open(s->root, *path ? path : "/",
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW, &fd, NULL) < 0)
		return;
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return;
	}
	read_names(s, d, path);
	closedir(d);
}

static void walk(struct search *s)
{
	struct stat st;

	s->last = &s->first;
	if (fstat(s->root, &st) < 0 || !push(s, "")) {
		s->is_cut = true;
		return;
	}
	if (st.st_dev == s->w->device)
		compare(s, st.st_ino, "/.");
	for (const struct todo *t = s->first; t && s->left && !s->is_cut;
		t = t->next)
		read_dir(s, t->path);
}

static void refuse_lost(const struct watches *w, struct findings *f)
{
	for (size_t i = 0; i < w->n; i++)
		if (!w->watch[i].is_found)
			findings_add_obstacle(f,
				"process %s watches a file or directory that "
				"is no longer in the root file system (inode "
				"%llu)",
				process_describe(w->watch[i].pid),
				(unsigned long long)w->watch[i].inode);
}

void watches_find(struct watches *w, struct findings *f)
{
	struct search s = {.w = w, .arena = arena_make(QUEUE_MAX), .root = -1};
	char path[32];

	if (w->n == 0)
		return;
	sort_watches(w);
	s.left = w->n;
	s.end_ns = clock_monotonic_ns() + WATCHES_WAIT_MS * 1000000ull;
	snprintf(path, sizeof(path), "/proc/%u/root", w->pid);
	if (hostfs_open_root(path, &s.root, NULL) < 0)
		return;
	walk(&s);
	if (!s.is_cut)
		refuse_lost(w, f);
	arena_free(&s.arena);
	fd_close(&s.root);
}
