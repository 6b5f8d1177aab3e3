/*
 * perturb_become - what a process sets for itself before it execs the build.
 */
#include "images/reproduce/perturb.h"

#include "lib/base/buf.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/stat.h>

#define BECOME_PATH_BYTES ((size_t)1 << 17)

static bool is_on(const struct perturb *p, enum perturb_what what)
{
	return p->of[what].is_on;
}

/* Only the first of the processors that this process may use. */
static int take_one_processor(struct err *e)
{
	cpu_set_t all, one;
	size_t i = 0;

	if (sched_getaffinity(0, sizeof(all), &all) < 0)
		return err_sys(e, "processors");
	while (i < CPU_SETSIZE && !CPU_ISSET(i, &all))
		i++;
	CPU_ZERO(&one);
	CPU_SET(i, &one);
	return sched_setaffinity(0, sizeof(one), &one) < 0
		       ? err_sys(e, "one processor")
		       : 0;
}

static int turn_aslr(struct err *e)
{
	int now = personality(0xffffffff);

	return personality((unsigned long)(now ^ ADDR_NO_RANDOMIZE)) < 0
		       ? err_sys(e, "address space layout randomization")
		       : 0;
}

static void set_environment(const struct perturb *p)
{
	AUTO_BUF struct buf path = buf_growing(BECOME_PATH_BYTES);
	const char *now = getenv("PATH");

	setenv("TERM", "dumb", 1);
	setenv("COLUMNS", "61", 1);
	setenv("EDITOR", "/bin/false", 1);
	setenv("KEELSON_REPRODUCE", "a variable that nobody reads", 1);
	buf_fmt(&path, "%s:%s/not/there", now ? now : "/usr/bin:/bin", p->work);
	if (!path.full)
		setenv("PATH", buf_cstr(&path), 1);
}

static void set_user(const struct perturb *p)
{
	setenv("HOME", p->work, 1);
	setenv("USER", "nobody-here", 1);
	setenv("LOGNAME", "nobody-here", 1);
}

static void set_locale(const struct perturb *p)
{
	setenv("LC_ALL", p->locale, 1);
	setenv("LANG", p->locale, 1);
	setenv("LANGUAGE", p->locale, 1);
}

static void set_jobs(const struct perturb *p)
{
	char flags[32];

	snprintf(flags, sizeof(flags), "-j%ld", p->jobs);
	setenv("MAKEFLAGS", flags, 1);
}

/*
 * faketime(1) names a semaphore in /dev/shm by its process id, which is the
 * same in every new namespace: two builds at a time would take each other's.
 * Where it cannot be mounted, only that is lost.
 */
static void take_shared_memory(const struct perturb *p)
{
	if (str_has_prefix(str_of(p->work), STR("/dev/shm")) ||
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return;
	(void)mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV,
		"mode=1777");
}

int perturb_become(const struct perturb *p, struct err *e)
{
	/* of a make that runs this */
	unsetenv("MAKEFLAGS");
	unsetenv("MFLAGS");
	unsetenv("MAKELEVEL");
	unsetenv("MAKEOVERRIDES");
	/* its index is the first build's (sources.h) */
	setenv("GIT_OPTIONAL_LOCKS", "0", 1);
	if (p->namespaces)
		take_shared_memory(p);
	if (is_on(p, PERTURB_UMASK))
		umask(p->umask);
	if (is_on(p, PERTURB_USER))
		set_user(p);
	if (is_on(p, PERTURB_LOCALE))
		set_locale(p);
	if (is_on(p, PERTURB_TIME_ZONE))
		setenv("TZ", p->time_zone, 1);
	if (is_on(p, PERTURB_JOBS))
		set_jobs(p);
	if (is_on(p, PERTURB_ENVIRONMENT))
		set_environment(p);
	if (is_on(p, PERTURB_PROCESSORS) && take_one_processor(e) < 0)
		return -1;
	return is_on(p, PERTURB_ASLR) ? turn_aslr(e) : 0;
}
