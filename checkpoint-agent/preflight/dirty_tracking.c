/*
 * dirty_tracking - clear the soft-dirty bits, write to a page, read its bit.
 *
 * Kernel: admin-guide/mm/soft-dirty.rst.  Writing 4 to /proc/PID/clear_refs
 * marks all pages of a process clean; bit 55 of a page's word in
 * /proc/PID/pagemap says that it was written since.  A kernel without soft
 * dirty tracking accepts the 4 as well, but never sets the bit.
 */
#include "checkpoint-agent/preflight/dirty_tracking.h"

#include "lib/base/fd.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define SOFT_DIRTY (UINT64_C(1) << 55)

static int clear_soft_dirty(struct err *e)
{
	AUTO_FD int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "4", 1) != 1)
		return err_sys(e, "/proc/self/clear_refs");
	return 0;
}

static int read_soft_dirty(
	const void *page, long page_bytes, bool *is_dirty, struct err *e)
{
	AUTO_FD int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t word;
	off_t at =
		(off_t)((uintptr_t)page / (uintptr_t)page_bytes * sizeof(word));

	if (fd < 0 || pread(fd, &word, sizeof(word), at) != sizeof(word))
		return err_sys(e, "/proc/self/pagemap");
	*is_dirty = word & SOFT_DIRTY;
	return 0;
}

/* Tracked: the bit is clear after clearing and set after a write. */
static int try_page(
	void *page, long page_bytes, bool *is_tracked, struct err *e)
{
	volatile char *byte = page;
	bool was_dirty, is_dirty;

	*byte = 1;
	if (clear_soft_dirty(e) < 0 ||
		read_soft_dirty(page, page_bytes, &was_dirty, e) < 0)
		return -1;
	*byte = 2;
	if (read_soft_dirty(page, page_bytes, &is_dirty, e) < 0)
		return -1;
	*is_tracked = is_dirty && !was_dirty;
	return 0;
}

int dirty_tracking_probe(bool *is_tracked, struct err *e)
{
	long page_bytes = sysconf(_SC_PAGESIZE);
	void *page = mmap(NULL, (size_t)page_bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int rc;

	if (page == MAP_FAILED)
		return err_sys(e, "map a page");
	rc = try_page(page, page_bytes, is_tracked, e);
	munmap(page, (size_t)page_bytes);
	return rc;
}

int dirty_tracking_check(struct err *e)
{
	bool is_tracked;

	if (dirty_tracking_probe(&is_tracked, e) < 0)
		return err_at(e, "pre-dump");
	if (is_tracked)
		return 0;
	return err_set(e,
		"pre-dump: this kernel does not track which memory is "
		"written (CONFIG_MEM_SOFT_DIRTY); CRIU would break "
		"the container");
}
