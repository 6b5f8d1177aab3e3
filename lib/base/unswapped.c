/*
 * unswapped - mlockall(2), of later memory only where no limit can fail it.
 *
 * With MCL_FUTURE under a limit an allocation beyond it would fail, long after
 * this; then only what is mapped is locked.  MCL_ONFAULT takes no page that is
 * not used.
 */
#include "lib/base/unswapped.h"

#include <linux/capability.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MCL_ONFAULT
#define MCL_ONFAULT 4 /* linux/mman.h */
#endif

static bool has_no_limit(void)
{
	const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
	struct rlimit now;

	setrlimit(RLIMIT_MEMLOCK, &none);
	return getrlimit(RLIMIT_MEMLOCK, &now) == 0 &&
	       now.rlim_cur == RLIM_INFINITY;
}

static bool has_right(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};

	return syscall(SYS_capget, &head, data) == 0 &&
	       data[0].effective & (UINT32_C(1) << CAP_IPC_LOCK);
}

enum unswapped unswapped_begin(bool keeps_rights)
{
	bool is_free = has_no_limit() || (keeps_rights && has_right());

	if (is_free && mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0)
		return UNSWAPPED_ALL;
	if (mlockall(MCL_CURRENT | MCL_ONFAULT) == 0)
		return UNSWAPPED_SO_FAR;
	return UNSWAPPED_NOTHING;
}

void unswapped_keep(const void *key, size_t n)
{
	mlock(key, n);
}
