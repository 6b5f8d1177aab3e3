/*
 * preflight_fd - see preflight_fd.h.
 *
 * The commonest obstacle is a file that was opened outside and handed in,
 * such as a log on standard output: CRIU finds no mount of the container that
 * could bring it back.  What CRIU 4.2 knows was found by giving it one of
 * each (tests/programs/odd.c).
 */
#include "checkpoint-agent/preflight_fd.h"

#include "checkpoint-agent/preflight_sock.h"
#include "checkpoint-agent/preflight_task.h"
#include "checkpoint-agent/process.h"
#include "lib/base/fd.h"

#include <dirent.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#define FDINFO_MAX   65536
#define MQUEUE_MAGIC 0x19800202 /* ipc/mqueue.c of the kernel */

/* One descriptor being looked at. */
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
} objects[] = {
	{"[io_uring]", "an io_uring"},
	{"[userfaultfd]", "a userfaultfd"},
	{"[perf_event]", "a performance counter (perf)"},
	{"bpf-map", "a BPF map"},
	{"bpf-prog", "a BPF program"},
	{"bpf_link", "a BPF link"},
	{"kvm-vm", "a virtual machine of KVM"},
	{"[landlock-ruleset]", "a Landlock ruleset"},
};

const char *preflight_object(struct str link)
{
	struct str prefix = STR("anon_inode:");

	if (!str_has_prefix(link, prefix))
		return NULL;
	link = str_sub(link, prefix.n, link.n);
	for (size_t i = 0; i < sizeof(known_objects) / sizeof(char *); i++)
		if (str_is(link, known_objects[i]))
			return NULL;
	for (size_t i = 0; i < sizeof(objects) / sizeof(*objects); i++)
		if (str_is(link, objects[i].name))
			return objects[i].words;
	return "an object of the kernel that CRIU does not know";
}

/* admin-guide/devices.txt of the kernel */
enum {
	MAJOR_MEMORY = 1, /* null, zero, random and so on */
	MAJOR_TTY = 4,
	MAJOR_TTY_OTHER = 5, /* tty, console, ptmx */
	MAJOR_MISC = 10,
	MINOR_TUN = 200,
	MAJOR_PTY_FIRST = 128, /* masters, then terminals */
	MAJOR_PTY_LAST = 143,
};

bool preflight_knows_device(uint32_t major, uint32_t minor)
{
	return major == MAJOR_MEMORY || major == MAJOR_TTY ||
	       major == MAJOR_TTY_OTHER ||
	       (major >= MAJOR_PTY_FIRST && major <= MAJOR_PTY_LAST) ||
	       (major == MAJOR_MISC && minor == MINOR_TUN);
}

/* ---- files -------------------------------------------------------------- */

bool preflight_has_mount(struct str mountinfo, uint64_t id)
{
	struct str line, word;
	uint64_t n;

	while (str_cut(&mountinfo, '\n', &line))
		if (str_cut(&line, ' ', &word) &&
			str_u64(word, 0, UINT64_MAX, &n) == 0 && n == id)
			return true;
	return false;
}

bool preflight_mount_of(struct str fdinfo, uint64_t *id)
{
	struct str value = preflight_status(fdinfo, "mnt_id");

	return str_u64(value, 0, UINT64_MAX, id) == 0;
}

/* A file, directory or device node that no mount of the container holds. */
static bool is_outside(
	const struct preflight_files *f, const struct open_file *o)
{
	AUTO_BUF struct buf info = buf_growing(FDINFO_MAX);
	AUTO_BUF struct buf mounts = buf_growing(FDINFO_MAX * 16);
	char name[64];
	uint64_t id;

	snprintf(name, sizeof(name), "fdinfo/%.16s", o->fd);
	if (process_read(o->pid, name, &info, NULL) < 0 ||
		!preflight_mount_of(buf_view(&info), &id) ||
		preflight_has_mount(f->mountinfo, id))
		return false;
	/* a process may have mounts of its own */
	return process_read(o->pid, "mountinfo", &mounts, NULL) == 0 &&
	       !preflight_has_mount(buf_view(&mounts), id);
}

static bool has_huge_pages(void)
{
	AUTO_BUF struct buf b = buf_growing(FDINFO_MAX);
	uint64_t n;

	return file_read("/proc/sys/vm/nr_hugepages", &b, NULL) == 0 &&
	       str_u64(str_trim(buf_view(&b)), 0, UINT64_MAX, &n) == 0 && n > 0;
}

/* Deleted while open: the NFS client kept it under a name of its own. */
static bool is_kept_by_nfs(const struct statfs *fs, const char *link)
{
	const char *name = strrchr(link, '/');

	return fs->f_type == NFS_SUPER_MAGIC && name &&
	       str_has_prefix(str_of(name + 1), STR(".nfs"));
}

/* File systems that are no place: NULL, or what lies there in words. */
static const char *odd_place(const struct open_file *o)
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

static void refuse_outside(struct preflight *p, const struct open_file *o)
{
	preflight_refuse(p,
		"descriptor %s of process %s is the file %s outside of the "
		"container",
		o->fd, preflight_who(o->pid), o->link);
}

static void look_at_file(struct preflight *p, const struct preflight_files *f,
	const struct open_file *o)
{
	const char *words = odd_place(o);

	if (words)
		preflight_refuse(p, "descriptor %s of process %s is %s", o->fd,
			preflight_who(o->pid), words);
	else if (o->st.st_nlink == 0)
		return; /* memfd and deleted files are dumped */
	else if (is_outside(f, o))
		refuse_outside(p, o);
	else if (S_ISREG(o->st.st_mode) &&
		 str_has_suffix(str_of(o->link), STR(" (deleted)")))
		preflight_refuse(p,
			"descriptor %s of process %s is a file that "
			"was deleted under this name and is still "
			"there under another: %s",
			o->fd, preflight_who(o->pid), o->link);
}

static void look_at_device(struct preflight *p, const struct preflight_files *f,
	const struct open_file *o)
{
	uint32_t big = major(o->st.st_rdev), small = minor(o->st.st_rdev);

	if (S_ISCHR(o->st.st_mode) && preflight_knows_device(big, small)) {
		/* a terminal may have its master outside */
		if (big == MAJOR_MEMORY && is_outside(f, o))
			refuse_outside(p, o);
		return;
	}
	preflight_refuse(p,
		"descriptor %s of process %s is the device %s (%u:%u)", o->fd,
		preflight_who(o->pid), o->link, big, small);
}

/* ---- one by one --------------------------------------------------------- */

static void look_at(
	struct preflight *p, struct preflight_files *f, struct open_file *o)
{
	const char *words = preflight_object(str_of(o->link));

	if (words)
		preflight_refuse(p, "descriptor %s of process %s is %s: %s",
			o->fd, preflight_who(o->pid), words, o->link);
	if (stat(o->path, &o->st) < 0)
		return;
	switch (o->st.st_mode & S_IFMT) {
	case S_IFREG:
	case S_IFDIR:
		if (o->link[0] == '/')
			look_at_file(p, f, o);
		break;
	case S_IFCHR:
	case S_IFBLK:
		look_at_device(p, f, o);
		break;
	case S_IFSOCK:
		preflight_socket_look(p, f, o->pid, o->fd, o->st.st_ino);
		break;
	default:
		break;
	}
}

void preflight_fds(struct preflight *p, struct preflight_files *f, uint32_t pid)
{
	static struct open_file o; /* large */
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
		look_at(p, f, &o);
	}
	if (d)
		closedir(d);
}
