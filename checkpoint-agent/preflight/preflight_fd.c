/*
 * preflight_fd - readlink(2) and stat(2) on every /proc/PID/fd/N.
 *
 * The most common obstacle is a file that was opened outside and passed in,
 * such as a log on standard output: CRIU finds no mount of the container that
 * holds it.  The tables say what CRIU 4.2 knows; they were made by giving it
 * one of each (tests/programs/odd.c).
 */
#include "checkpoint-agent/preflight/preflight_fd.h"

#include "checkpoint-agent/node/process.h"
#include "lib/base/fd.h"

#include <dirent.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#define FDINFO_MAX   65536
#define MQUEUE_MAGIC 0x19800202 /* ipc/mqueue.c of the kernel */

/* The descriptor that is being checked. */
struct open_file {
	uint32_t pid;
	const char *fd;
	char path[64]; /* /proc/PID/fd/N, for numbers of 16 digits */
	char link[PATH_MAX];
	struct stat st;
};

/* ---- kernel objects ----------------------------------------------------- */

static const char *const known_objects[] = {"[eventfd]", "[eventpoll]",
	"[signalfd]", "[timerfd]", "[pidfd]", "[fanotify]", "inotify"};

static const struct {
	const char *name;
	const char *words;
} refused_objects[] = {
	{"[io_uring]", "an io_uring (Node.js does without one when it is "
		       "started with UV_USE_IO_URING=0)"},
	{"[userfaultfd]", "a userfaultfd"},
	{"[perf_event]", "a performance counter (perf)"},
	{"bpf-map", "a BPF map"},
	{"bpf-prog", "a BPF program"},
	{"bpf_link", "a BPF link"},
	{"kvm-vm", "a virtual machine of KVM"},
	{"[landlock-ruleset]", "a Landlock ruleset"},
};

const char *preflight_fd_object(struct str link)
{
	struct str prefix = STR("anon_inode:");

	if (!str_has_prefix(link, prefix))
		return NULL;
	link = str_sub(link, prefix.n, link.n);
	for (size_t i = 0; i < sizeof(known_objects) / sizeof(char *); i++)
		if (str_is(link, known_objects[i]))
			return NULL;
	for (size_t i = 0;
		i < sizeof(refused_objects) / sizeof(*refused_objects); i++)
		if (str_is(link, refused_objects[i].name))
			return refused_objects[i].words;
	return "a kernel object that CRIU does not know";
}

/* Kernel: admin-guide/devices.txt. */
enum {
	MAJOR_MEMORY = 1, /* null, zero, random and so on */
	MAJOR_TTY = 4,
	MAJOR_TTY_OTHER = 5, /* tty, console, ptmx */
	MAJOR_MISC = 10,
	MINOR_TUN = 200,
	MAJOR_PTY_FIRST = 128, /* masters, then terminals */
	MAJOR_PTY_LAST = 143,
};

bool preflight_fd_knows_device(uint32_t major, uint32_t minor)
{
	return major == MAJOR_MEMORY || major == MAJOR_TTY ||
	       major == MAJOR_TTY_OTHER ||
	       (major >= MAJOR_PTY_FIRST && major <= MAJOR_PTY_LAST) ||
	       (major == MAJOR_MISC && minor == MINOR_TUN);
}

/* ---- files -------------------------------------------------------------- */

bool preflight_fd_has_mount(struct str mountinfo, uint64_t id)
{
	struct str line, word;
	uint64_t n;

	while (str_cut(&mountinfo, '\n', &line))
		if (str_cut(&line, ' ', &word) &&
			str_u64(word, 0, UINT64_MAX, &n) == 0 && n == id)
			return true;
	return false;
}

bool preflight_fd_mount_id(struct str fdinfo, uint64_t *id)
{
	return str_u64(process_find_field(fdinfo, "mnt_id"), 0, UINT64_MAX,
		       id) == 0;
}

/* Is it on a mount that the container does not have? */
static bool is_outside(
	const struct preflight_files *f, const struct open_file *o)
{
	AUTO_BUF struct buf info = buf_growing(FDINFO_MAX);
	AUTO_BUF struct buf mounts = buf_growing(FDINFO_MAX * 16);
	char name[64];
	uint64_t id;

	snprintf(name, sizeof(name), "fdinfo/%.16s", o->fd);
	if (process_read(o->pid, name, &info, NULL) < 0 ||
		!preflight_fd_mount_id(buf_view(&info), &id) ||
		preflight_fd_has_mount(f->mountinfo, id))
		return false;
	/* a process may have mounts of its own */
	return process_read(o->pid, "mountinfo", &mounts, NULL) == 0 &&
	       !preflight_fd_has_mount(buf_view(&mounts), id);
}

static bool has_huge_pages(void)
{
	AUTO_BUF struct buf b = buf_growing(FDINFO_MAX);
	uint64_t n;

	return file_read("/proc/sys/vm/nr_hugepages", &b, NULL) == 0 &&
	       str_u64(str_trim(buf_view(&b)), 0, UINT64_MAX, &n) == 0 && n > 0;
}

/* An open file that was deleted: the NFS client keeps it as .nfsXXXX. */
static bool is_kept_by_nfs(const struct statfs *fs, const char *link)
{
	return fs->f_type == NFS_SUPER_MAGIC &&
	       str_has_prefix(str_base_name(str_of(link)), STR(".nfs"));
}

/* What a file is, in words, that CRIU refuses for its file system; or NULL. */
static const char *refused_by_place(const struct open_file *o)
{
	struct statfs fs;

	if (str_has_prefix(str_of(o->link), STR("/secretmem")))
		return "secret memory (memfd_secret)";
	if (statfs(o->path, &fs) < 0)
		return NULL;
	if (fs.f_type == MQUEUE_MAGIC)
		return "a POSIX message queue";
	if (is_kept_by_nfs(&fs, o->link))
		return "a file on NFS that was deleted while it was open";
	if (fs.f_type == HUGETLBFS_MAGIC && !has_huge_pages())
		return "memory of huge pages, of which this node has none";
	return NULL;
}

static void refuse_outside(struct preflight_files *f, const struct open_file *o)
{
	findings_add_obstacle(f->findings,
		"descriptor %s of process %s is the file %s outside of the "
		"container",
		o->fd, process_describe(o->pid), o->link);
}

static void check_file(struct preflight_files *f, const struct open_file *o)
{
	const char *words = refused_by_place(o);

	if (words)
		findings_add_obstacle(f->findings,
			"descriptor %s of process %s is %s", o->fd,
			process_describe(o->pid), words);
	else if (o->st.st_nlink == 0)
		return; /* a memfd or a deleted file: CRIU dumps its content */
	else if (is_outside(f, o))
		refuse_outside(f, o);
	else if (S_ISREG(o->st.st_mode) &&
		 str_has_suffix(str_of(o->link), STR(" (deleted)")))
		findings_add_obstacle(f->findings,
			"descriptor %s of process %s is a file that "
			"was deleted under this name and is still "
			"there under another: %s",
			o->fd, process_describe(o->pid), o->link);
}

static void check_device(struct preflight_files *f, const struct open_file *o)
{
	uint32_t big = major(o->st.st_rdev), small = minor(o->st.st_rdev);

	if (S_ISCHR(o->st.st_mode) && preflight_fd_knows_device(big, small)) {
		/* the master of a terminal may be outside */
		if (big == MAJOR_MEMORY && is_outside(f, o))
			refuse_outside(f, o);
		return;
	}
	findings_add_obstacle(f->findings,
		"descriptor %s of process %s is the device %s (%u:%u)", o->fd,
		process_describe(o->pid), o->link, big, small);
}

/* ---- each descriptor ---------------------------------------------------- */

static void check_fd(struct preflight_files *f, struct open_file *o)
{
	const char *words = preflight_fd_object(str_of(o->link));

	if (words)
		findings_add_obstacle(f->findings,
			"descriptor %s of process %s is %s: %s", o->fd,
			process_describe(o->pid), words, o->link);
	if (strcmp(o->link, "anon_inode:inotify") == 0 ||
		strcmp(o->link, "anon_inode:[fanotify]") == 0)
		watches_add(f->watches, o->pid, o->fd);
	if (stat(o->path, &o->st) < 0)
		return;
	switch (o->st.st_mode & S_IFMT) {
	case S_IFREG:
	case S_IFDIR:
		if (o->link[0] == '/')
			check_file(f, o);
		break;
	case S_IFCHR:
	case S_IFBLK:
		check_device(f, o);
		break;
	case S_IFSOCK:
		preflight_sock_check(f->findings, f->sockets, o->pid, o->fd);
		break;
	default:
		break;
	}
}

void preflight_fd_check(struct preflight_files *f, uint32_t pid)
{
	static struct open_file o; /* too large for the stack */
	const struct dirent *entry;
	char path[32];
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%u/fd", pid);
	d = opendir(path);
	while (d && (entry = readdir(d))) {
		ssize_t n;

		if (entry->d_name[0] == '.')
			continue;
		o.pid = pid;
		o.fd = entry->d_name;
		snprintf(o.path, sizeof(o.path), "%s/%.16s", path, o.fd);
		n = readlink(o.path, o.link, sizeof(o.link) - 1);
		o.link[n > 0 ? n : 0] = '\0';
		check_fd(f, &o);
	}
	if (d)
		closedir(d);
}
