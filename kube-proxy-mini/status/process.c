/*
 * process - memory comes from /proc/self/statm (proc(5)).  Open descriptors
 * are counted by trying each number up to the highest that a program with a
 * handful of sockets reaches, since the sandbox does not allow listing
 * directories.
 */
#include "kube-proxy-mini/status/process.h"

#include "lib/base/clock.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#define FDS_MAX 256

static double start_s;

void process_note_start(void)
{
	start_s = (double)clock_wall_ns() / 1e9;
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static uint64_t count_fds(void)
{
	uint64_t n = 0;

	for (int fd = 0; fd < FDS_MAX; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* "virtual resident ..." in pages. */
static void read_memory(struct process_facts *p)
{
	char room[256];
	struct buf b = buf_fixed(room, sizeof(room));
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	struct str text, part;

	if (file_read("/proc/self/statm", &b, NULL) < 0)
		return;
	text = buf_view(&b);
	if (str_cut(&text, ' ', &part) &&
		str_u64(part, 0, UINT64_MAX / page, &p->virtual_bytes) == 0)
		p->virtual_bytes *= page;
	if (str_cut(&text, ' ', &part) &&
		str_u64(part, 0, UINT64_MAX / page, &p->resident_bytes) == 0)
		p->resident_bytes *= page;
}

struct process_facts process_read(void)
{
	struct process_facts p = {.start_s = start_s};
	struct rusage used;
	struct rlimit limit;

	if (getrusage(RUSAGE_SELF, &used) == 0)
		p.cpu_s = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		p.max_fds = limit.rlim_cur;
	if (getrlimit(RLIMIT_AS, &limit) == 0)
		p.max_virtual_bytes = limit.rlim_cur == RLIM_INFINITY
					      ? -1
					      : (double)limit.rlim_cur;
	p.open_fds = count_fds();
	read_memory(&p);
	return p;
}
