/*
 * secrecy - two switches, since a kernel that pipes cores to a program does not
 * look at the limit.
 *
 * For root only: files in /proc of a process without dumps belong to root, and
 * anybody else would lose access to its own.
 */
#include "lib/base/secrecy.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

void secrecy_begin(void)
{
	struct rlimit cores;

	if (geteuid() != 0)
		return;
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (getrlimit(RLIMIT_CORE, &cores) < 0)
		return;
	cores.rlim_cur = 0;
	setrlimit(RLIMIT_CORE, &cores);
}
