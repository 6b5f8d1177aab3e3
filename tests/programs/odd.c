/*
 * odd - enter one of the states that a dump may meet, and keep it.
 *
 * usage: odd KIND FILE
 *
 * It enters the state KIND (the table at the end lists them), then counts up in
 * FILE twenty times a second, ten digits and a newline.  Every step checks that
 * the state is unchanged; if it is not, the program ends and FILE holds the
 * reason.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/io_uring.h>
#include <linux/kvm.h>
#include <linux/landlock.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <linux/vm_sockets.h>
#include <mqueue.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STEP_MS 50

static const char *where = "odd"; /* FILE */
static const char text[] = "what was written before";
static int fd = -1, peer = -1;
static char *memory;

static _Noreturn void die(const char *what)
{
	FILE *f = fopen(where, "w");

	if (f)
		fprintf(f, "failed: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int need(int result, const char *what)
{
	if (result < 0)
		die(what);
	return result;
}

/* ---- files -------------------------------------------------------------- */

static void write_text(const char *path, int flags)
{
	fd = need(open(path, O_RDWR | O_CREAT | flags, 0644), path);
	need((int)write(fd, text, sizeof(text)), "write");
}

static void check_text(void)
{
	char now[sizeof(text)];

	if (pread(fd, now, sizeof(now), 0) != sizeof(now) ||
		memcmp(now, text, sizeof(now)) != 0)
		die("the file's content");
}

static void ghost(void)
{
	write_text("/etc/ghost", 0);
	need(unlink("/etc/ghost"), "unlink");
}

static void ghost_mapped(void)
{
	ghost();
	memory = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		die("mmap");
}

static void check_ghost_mapped(void)
{
	check_text();
	if (memcmp(memory, text, sizeof(text)) != 0)
		die("the map's content");
}

/* Open under a name that is deleted; another link to the file remains. */
static void renamed(void)
{
	write_text("/etc/one", 0);
	need(link("/etc/one", "/etc/two"), "link");
	need(unlink("/etc/one"), "unlink");
}

static void gone_dir(void)
{
	need(mkdir("/etc/dir", 0755), "mkdir");
	need(chdir("/etc/dir"), "chdir");
	need(rmdir("/etc/dir"), "rmdir");
	fd = need(open(".", O_RDONLY | O_DIRECTORY), "open");
}

static void lock_flock(void)
{
	write_text("/etc/locked", 0);
	need(flock(fd, LOCK_EX), "flock");
}

static void lock_posix(void)
{
	struct flock l = {.l_type = F_WRLCK, .l_len = 4};

	write_text("/etc/locked", 0);
	need(fcntl(fd, F_SETLK, &l), "lock");
}

static void lock_ofd(void)
{
	struct flock l = {.l_type = F_WRLCK, .l_len = 4};

	write_text("/etc/locked", 0);
	need(fcntl(fd, F_OFD_SETLK, &l), "lock");
}

static void lease(void)
{
	write_text("/etc/leased", 0);
	close(fd);
	fd = need(open("/etc/leased", O_RDONLY), "open");
	need(fcntl(fd, F_SETLEASE, F_RDLCK), "lease");
}

static void watch(const char *path)
{
	fd = need(inotify_init1(0), "inotify");
	need(inotify_add_watch(fd, path, IN_CREATE), path);
}

static void inotify_overlay(void)
{
	watch("/etc");
}

/* Where CRIU does not look by itself. */
static void inotify_srv(void)
{
	mkdir("/srv", 0755);
	need(mkdir("/srv/conf", 0755), "mkdir");
	watch("/srv/conf");
}

/* It lives on without a name, and so does the watch. */
static void inotify_gone(void)
{
	need(mkdir("/gone", 0755), "mkdir");
	peer = need(open("/gone", O_RDONLY | O_DIRECTORY), "open");
	watch("/gone");
	need(rmdir("/gone"), "rmdir");
}

static void inotify_tmpfs(void)
{
	watch("/tmp");
}

static void fanotify(void)
{
	fd = need(fanotify_init(0, 0), "fanotify");
	need(fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "/etc"),
		"mark");
}

static void fanotify_srv(void)
{
	mkdir("/srv", 0755);
	need(close(need(open("/srv/file", O_CREAT | O_WRONLY, 0644), "open")),
		"close");
	fd = need(fanotify_init(0, 0), "fanotify");
	need(fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "/srv/file"),
		"mark");
}

static void fifo(void)
{
	need(mkfifo("/tmp/fifo", 0644), "mkfifo");
	fd = need(open("/tmp/fifo", O_RDWR), "open");
	need((int)write(fd, text, sizeof(text)), "write");
}

static void proc_other(void)
{
	pid_t child = fork();

	if (child == 0)
		for (;;)
			pause();
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", (int)child);
	fd = need(open(path, O_RDONLY), path);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* In /data, where the test mounts or binds a file system of its own. */
static void in_data(void)
{
	write_text("/data/file", 0);
}

static void ghost_in_data(void)
{
	in_data();
	need(unlink("/data/file"), "unlink");
}

/* ---- other descriptors ----------------------------------------------------
 */

static void pipe_full(void)
{
	int ends[2];

	need(pipe(ends), "pipe");
	fd = ends[0];
	need((int)write(ends[1], text, sizeof(text)), "write");
}

static void events(void)
{
	struct itimerspec each = {{1, 0}, {1, 0}};
	sigset_t set;
	int timer = need(timerfd_create(CLOCK_MONOTONIC, 0), "timerfd");
	struct epoll_event ev = {.events = EPOLLIN};

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	need(timerfd_settime(timer, 0, &each, NULL), "settime");
	need(eventfd(7, 0), "eventfd");
	need(signalfd(-1, &set, 0), "signalfd");
	fd = need(epoll_create1(0), "epoll");
	need(epoll_ctl(fd, EPOLL_CTL_ADD, timer, &ev), "epoll_ctl");
}

static void memfd(void)
{
	fd = need((int)syscall(SYS_memfd_create, "odd", 0), "memfd");
	need((int)write(fd, text, sizeof(text)), "write");
}

static void memfd_huge(void)
{
	fd = need((int)syscall(SYS_memfd_create, "odd", MFD_HUGETLB), "memfd");
	need(ftruncate(fd, 2 << 20), "truncate");
}

static void memfd_secret_(void)
{
	fd = need((int)syscall(SYS_memfd_secret, 0), "memfd_secret");
	need(ftruncate(fd, 4096), "truncate");
}

static void uring(void)
{
	struct io_uring_params p = {0};

	fd = need((int)syscall(SYS_io_uring_setup, 4, &p), "io_uring");
}

static void aio(void)
{
	unsigned long context = 0;

	need((int)syscall(SYS_io_setup, 4, &context), "io_setup");
}

static void userfault(void)
{
	fd = need((int)syscall(SYS_userfaultfd, 0), "userfaultfd");
}

static void perf(void)
{
	struct perf_event_attr a = {.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(a),
		.config = PERF_COUNT_SW_TASK_CLOCK};

	fd = need((int)syscall(SYS_perf_event_open, &a, 0, -1, -1, 0), "perf");
}

static void bpf_map(void)
{
	union bpf_attr a = {.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = 4,
		.max_entries = 1};

	fd = need((int)syscall(SYS_bpf, BPF_MAP_CREATE, &a, sizeof(a)), "bpf");
}

static void pidfd(void)
{
	fd = need((int)syscall(SYS_pidfd_open, getpid(), 0), "pidfd");
}

static void sysv(void)
{
	int id = need(shmget(4711, 4096, IPC_CREAT | 0600), "shmget");

	memory = shmat(id, NULL, 0);
	if (memory == (char *)-1)
		die("shmat");
	memcpy(memory, text, sizeof(text));
}

static void check_memory(void)
{
	if (memcmp(memory, text, sizeof(text)) != 0)
		die("the memory's content");
}

static void shared(void)
{
	memory = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	memcpy(memory, text, sizeof(text));
}

static void huge(void)
{
	memory = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	memcpy(memory, text, sizeof(text));
}

static void queue(void)
{
	fd = need(mq_open("/odd", O_RDWR | O_CREAT, 0600, NULL), "mq_open");
}

static void device(const char *path)
{
	fd = need(open(path, O_RDONLY), path);
}

static void dev_null(void)
{
	device("/dev/null");
}

static void dev_fuse(void)
{
	need(mknod("/tmp/fuse", S_IFCHR | 0600, makedev(10, 229)), "mknod");
	device("/tmp/fuse");
}

static void kvm(void)
{
	int all;

	need(mknod("/tmp/kvm", S_IFCHR | 0600, makedev(10, 232)), "mknod");
	all = need(open("/tmp/kvm", O_RDWR), "kvm");
	fd = need(ioctl(all, KVM_CREATE_VM, 0), "machine");
	close(all);
}

static void landlock(void)
{
	struct landlock_ruleset_attr a = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE};

	fd = need((int)syscall(SYS_landlock_create_ruleset, &a, sizeof(a), 0),
		"landlock");
}

static void dev_kmsg(void)
{
	need(mknod("/tmp/kmsg", S_IFCHR | 0600, makedev(1, 11)), "mknod");
	device("/tmp/kmsg");
}

/* ---- sockets ------------------------------------------------------------ */

static void sock(int family, int type, int protocol)
{
	fd = need(socket(family, type, protocol), "socket");
}

static void unix_pair(void)
{
	int ends[2];

	need(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
	fd = ends[0];
	peer = ends[1];
	need((int)write(peer, text, sizeof(text)), "write");
}

static void in_flight(void)
{
	char byte = 'x';
	struct iovec v = {&byte, 1};
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {0};
	struct msghdr m = {.msg_iov = &v,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control)};
	struct cmsghdr *h;
	int file;

	unix_pair();
	file = need(open("/etc/passwd", O_RDONLY), "open");
	h = CMSG_FIRSTHDR(&m);
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(h), &file, sizeof(int));
	need((int)sendmsg(peer, &m, 0), "sendmsg");
	close(file);
}

static struct sockaddr_un address(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	memcpy(a.sun_path, path, strlen(path) + 1);
	return a;
}

static void unix_bound(void)
{
	struct sockaddr_un a = address("/tmp/socket");

	sock(AF_UNIX, SOCK_STREAM, 0);
	need(bind(fd, (struct sockaddr *)&a, sizeof(a)), "bind");
	need(listen(fd, 1), "listen");
}

/* Connected to a process outside, whose socket is in the bind mount. */
static void unix_outside(int type)
{
	struct sockaddr_un a = address("/data/outside");

	sock(AF_UNIX, type, 0);
	need(connect(fd, (struct sockaddr *)&a, sizeof(a)), "connect");
}

static void unix_stream_outside(void)
{
	unix_outside(SOCK_STREAM);
}

static void unix_dgram_outside(void)
{
	unix_outside(SOCK_DGRAM);
}

static void tcp(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);
	int l = need(socket(AF_INET, SOCK_STREAM, 0), "socket");

	need(bind(l, (struct sockaddr *)&a, n), "bind");
	need(listen(l, 1), "listen");
	need(getsockname(l, (struct sockaddr *)&a, &n), "name");
	sock(AF_INET, SOCK_STREAM, 0);
	need(connect(fd, (struct sockaddr *)&a, n), "connect");
	peer = need(accept(l, NULL, NULL), "accept");
}

static void check_tcp(void)
{
	char byte;

	if (write(peer, "x", 1) != 1 || read(fd, &byte, 1) != 1)
		die("the connection");
}

/* When the connection is closed, report that and go on. */
static void check_tcp_closed(void)
{
	char byte;

	if (send(peer, "x", 1, MSG_NOSIGNAL) != 1 || read(fd, &byte, 1) != 1)
		close(need(creat("/data/closed", 0644), "/data/closed"));
}

static void netlink_diag(void)
{
	struct {
		struct nlmsghdr h;
		char body[56];
	} ask = {.h = {.nlmsg_len = sizeof(ask),
			 .nlmsg_type = 20, /* SOCK_DIAG_BY_FAMILY */
			 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP}};

	sock(AF_NETLINK, SOCK_RAW, 4 /* NETLINK_SOCK_DIAG */);
	ask.body[0] = AF_INET;
	ask.body[1] = IPPROTO_TCP;
	memset(ask.body + 4, 0xff, 4);
	need((int)send(fd, &ask, sizeof(ask), 0), "send");
}

static void netlink_route(void)
{
	struct sockaddr_nl a = {.nl_family = AF_NETLINK, .nl_groups = 1};

	sock(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	need(bind(fd, (struct sockaddr *)&a, sizeof(a)), "bind");
}

static void packet(void)
{
	sock(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
}

static void raw(void)
{
	sock(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static void ping(void)
{
	sock(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
}

static void vsock(void)
{
	sock(AF_VSOCK, SOCK_STREAM, 0);
}

static void alg(void)
{
	sock(AF_ALG, SOCK_SEQPACKET, 0);
}

/* Bound to a cipher, as cryptsetup and kcapi are. */
static void alg_bound(void)
{
	struct sockaddr_alg a = {.salg_family = AF_ALG,
		.salg_type = "hash",
		.salg_name = "sha256"};

	alg();
	need(bind(fd, (struct sockaddr *)&a, sizeof(a)), "bind");
}

static void sctp(void)
{
	sock(AF_INET, SOCK_STREAM, IPPROTO_SCTP);
	need(listen(fd, 1), "listen");
}

static void sctp_many(void)
{
	sock(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP);
}

static void mptcp(void)
{
	sock(AF_INET, SOCK_STREAM, 262 /* IPPROTO_MPTCP */);
}

static void udplite(void)
{
	sock(AF_INET, SOCK_DGRAM, 136 /* IPPROTO_UDPLITE */);
}

/* ---- processes ---------------------------------------------------------- */

static pid_t start_child(void)
{
	pid_t child = need(fork(), "fork");

	while (child == 0)
		pause();
	return child;
}

static void traced(void)
{
	pid_t child = start_child();

	need((int)ptrace(PTRACE_SEIZE, child, NULL, NULL), "seize");
}

static void stopped(void)
{
	kill(start_child(), SIGSTOP);
}

static void zombie(void)
{
	pid_t child = start_child();
	siginfo_t i;

	kill(child, SIGKILL);
	waitid(P_PID, (id_t)child, &i, WEXITED | WNOWAIT);
}

static void in_new(int flags)
{
	need(unshare(flags), "unshare");
	if (start_child() < 0)
		die("fork");
}

static void new_pid(void)
{
	in_new(CLONE_NEWPID);
}

static void new_net(void)
{
	in_new(CLONE_NEWNET);
}

static void new_mount(void)
{
	in_new(CLONE_NEWNS);
}

static void new_ipc(void)
{
	in_new(CLONE_NEWIPC);
}

static void new_uts(void)
{
	in_new(CLONE_NEWUTS);
}

static void new_user(void)
{
	in_new(CLONE_NEWUSER);
}

static void new_cgroup(void)
{
	in_new(CLONE_NEWCGROUP);
}

static void new_time(void)
{
	in_new(CLONE_NEWTIME);
}

static void rooted(void)
{
	need(mkdir("/tmp/root", 0755), "mkdir");
	if (fork() == 0) {
		need(chroot("/tmp/root"), "chroot");
		need(chdir("/"), "chdir");
		for (;;)
			pause();
	}
}

static void plain(void)
{
}

static const struct {
	const char *name;
	void (*begin)(void);
	void (*check)(void); /* NULL: nothing to check */
} kinds[] = {
	{"plain", plain, NULL},
	{"ghost", ghost, check_text},
	{"ghost-mapped", ghost_mapped, check_ghost_mapped},
	{"renamed", renamed, check_text},
	{"gone-dir", gone_dir, NULL},
	{"flock", lock_flock, check_text},
	{"lock-posix", lock_posix, check_text},
	{"lock-ofd", lock_ofd, check_text},
	{"lease", lease, NULL},
	{"inotify-overlay", inotify_overlay, NULL},
	{"inotify-srv", inotify_srv, NULL},
	{"inotify-gone", inotify_gone, NULL},
	{"inotify-tmpfs", inotify_tmpfs, NULL},
	{"fanotify", fanotify, NULL},
	{"fanotify-srv", fanotify_srv, NULL},
	{"fifo", fifo, NULL},
	{"proc-other", proc_other, NULL},
	{"in-data", in_data, check_text},
	{"ghost-in-data", ghost_in_data, check_text},
	{"pipe", pipe_full, NULL},
	{"events", events, NULL},
	{"memfd", memfd, check_text},
	{"memfd-huge", memfd_huge, NULL},
	{"memfd-secret", memfd_secret_, NULL},
	{"io-uring", uring, NULL},
	{"aio", aio, NULL},
	{"userfaultfd", userfault, NULL},
	{"perf", perf, NULL},
	{"bpf", bpf_map, NULL},
	{"pidfd", pidfd, NULL},
	{"sysv", sysv, check_memory},
	{"shared", shared, check_memory},
	{"huge", huge, check_memory},
	{"mqueue", queue, NULL},
	{"dev-null", dev_null, NULL},
	{"dev-fuse", dev_fuse, NULL},
	{"dev-kmsg", dev_kmsg, NULL},
	{"kvm", kvm, NULL},
	{"landlock", landlock, NULL},
	{"unix-pair", unix_pair, NULL},
	{"in-flight", in_flight, NULL},
	{"unix-bound", unix_bound, NULL},
	{"unix-stream-outside", unix_stream_outside, NULL},
	{"unix-dgram-outside", unix_dgram_outside, NULL},
	{"tcp", tcp, check_tcp},
	{"tcp-closed", tcp, check_tcp_closed},
	{"netlink-diag", netlink_diag, NULL},
	{"netlink-route", netlink_route, NULL},
	{"packet", packet, NULL},
	{"raw", raw, NULL},
	{"ping", ping, NULL},
	{"vsock", vsock, NULL},
	{"alg", alg, NULL},
	{"alg-bound", alg_bound, NULL},
	{"sctp", sctp, NULL},
	{"sctp-many", sctp_many, NULL},
	{"mptcp", mptcp, NULL},
	{"udplite", udplite, NULL},
	{"traced", traced, NULL},
	{"stopped", stopped, NULL},
	{"zombie", zombie, NULL},
	{"new-pid", new_pid, NULL},
	{"new-net", new_net, NULL},
	{"new-mount", new_mount, NULL},
	{"new-ipc", new_ipc, NULL},
	{"new-uts", new_uts, NULL},
	{"new-user", new_user, NULL},
	{"new-cgroup", new_cgroup, NULL},
	{"new-time", new_time, NULL},
	{"rooted", rooted, NULL},
};

static void count(void (*check)(void))
{
	const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};
	int out = need(open(where, O_RDWR | O_CREAT, 0644), where);

	for (unsigned long long n = 0;; n++) {
		char line[32];
		int size = snprintf(line, sizeof(line), "%010llu\n", n);

		if (check)
			check();
		if (pwrite(out, line, (size_t)size, 0) != size)
			exit(1);
		nanosleep(&step, NULL);
	}
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	where = argv[2];
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(argv[1], kinds[i].name) == 0) {
			kinds[i].begin();
			count(kinds[i].check);
		}
	fprintf(stderr, "odd: no kind %s\n", argv[1]);
	return 2;
}
