/*
 * predump - see predump.h.
 *
 * Documentation/admin-guide/mm/soft-dirty.rst: writing 4 to clear_refs makes
 * all memory of a process clean; bit 55 of a page's word in pagemap says that
 * it was written since.  A kernel without that takes the 4 as well, and never
 * sets the bit.
 */
#include "checkpoint-agent/predump.h"

#include "lib/base/fd.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define SOFT_DIRTY (UINT64_C(1) << 55)

static int make_clean(struct err *e)
{
	AUTO_FD int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "4", 1) != 1)
		return err_sys(e, "/proc/self/clear_refs");
	return 0;
}

static int look_at(
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

/* Clean when it was made so, and dirty when written: then it is true. */
static int try_page(
	void *page, long page_bytes, bool *is_tracked, struct err *e)
{
	volatile char *byte = page;
	bool was_dirty, is_dirty;

	*byte = 1;
	if (make_clean(e) < 0 || look_at(page, page_bytes, &was_dirty, e) < 0)
		return -1;
	*byte = 2;
	if (look_at(page, page_bytes, &is_dirty, e) < 0)
		return -1;
	*is_tracked = is_dirty && !was_dirty;
	return 0;
}

int predump_probe(bool *is_tracked, struct err *e)
{
	long page_bytes = sysconf(_SC_PAGESIZE);
	void *page = mmap(NULL, (size_t)page_bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int rc;

	if (page == MAP_FAILED)
		return err_sys(e, "memory");
	rc = try_page(page, page_bytes, is_tracked, e);
	munmap(page, (size_t)page_bytes);
	return rc;
}

int predump_check(struct err *e)
{
	bool is_tracked;

	if (predump_probe(&is_tracked, e) < 0)
		return err_at(e, "pre-dump");
	if (is_tracked)
		return 0;
	return err_set(e,
		"pre-dump: this kernel does not track which memory is "
		"written (CONFIG_MEM_SOFT_DIRTY); CRIU would wreck "
		"the container");
}
