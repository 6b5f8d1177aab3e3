/*
 * perturb - a table with a function for each perturbation, which finds out
 * whether this machine allows it.
 */
#include "images/reproduce/perturb.h"

#include "images/reproduce/command.h"
#include "images/reproduce/disorder.h"
#include "lib/base/dir.h"
#include "static-build/confine/mode.h"

#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define PERTURB_HOST "elsewhere"
#define PERTURB_SPACES                                                         \
	(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWIPC)
#define PERTURB_CLOCK_BY "+9563h" /* another year, month, weekday and hour */
#define PERTURB_LOCALES  "/usr/lib/locale"

const char *const perturb_names[PERTURB_COUNT] = {
	[PERTURB_DIRECTORY] = "directory",
	[PERTURB_USER] = "user",
	[PERTURB_HOST_NAME] = "host-name",
	[PERTURB_UMASK] = "umask",
	[PERTURB_LOCALE] = "locale",
	[PERTURB_TIME_ZONE] = "time-zone",
	[PERTURB_CLOCK] = "clock",
	[PERTURB_FILE_TIMES] = "file-times",
	[PERTURB_FILE_ORDER] = "file-order",
	[PERTURB_JOBS] = "jobs",
	[PERTURB_PROCESSORS] = "processors",
	[PERTURB_ASLR] = "aslr",
	[PERTURB_ENVIRONMENT] = "environment",
};

static void say(struct perturb *p, enum perturb_what what, bool is_on,
	const char *fmt, ...) ERR_PRINTF(4, 5);

static void say(struct perturb *p, enum perturb_what what, bool is_on,
	const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	p->of[what].is_on = is_on;
	vsnprintf(p->of[what].text, PERTURB_TEXT_BYTES, fmt, ap);
	va_end(ap);
}

/* ---- user and host ---------------------------------------------------- */

/* In a process of its own, since there is no way back. */
static bool can_enter(int namespaces)
{
	const struct mode m = {.namespaces = namespaces};
	pid_t pid = fork();

	if (pid == 0)
		_exit(mode_enter(&m, NULL) < 0);
	return pid > 0 && command_wait(pid) == 0;
}

static void plan_user(struct perturb *p)
{
	if (can_enter(PERTURB_SPACES | CLONE_NEWUSER)) {
		p->namespaces = PERTURB_SPACES | CLONE_NEWUSER;
		say(p, PERTURB_USER, true,
			"user %d without a name, another home", MODE_USER);
		return;
	}
	say(p, PERTURB_USER, false, "user namespaces are refused here");
}

static void plan_host_name(struct perturb *p)
{
	if (!p->namespaces && can_enter(PERTURB_SPACES))
		p->namespaces = PERTURB_SPACES;
	if (p->namespaces)
		say(p, PERTURB_HOST_NAME, true, PERTURB_HOST);
	else
		say(p, PERTURB_HOST_NAME, false, "namespaces are refused here");
}

/* ---- settings of the process ------------------------------------------ */

static void plan_directory(struct perturb *p)
{
	say(p, PERTURB_DIRECTORY, true, "a longer path elsewhere");
}

static void plan_umask(struct perturb *p)
{
	mode_t now = umask(0);

	umask(now);
	p->umask = now == 077 ? 022 : 077;
	say(p, PERTURB_UMASK, true,
		p->umask == 022 ? "022" : "077, from the checkout on");
}

/* The first locale of a country that is installed, else plain UTF-8. */
static void plan_locale(struct perturb *p)
{
	DIR *d = opendir(PERTURB_LOCALES);
	const struct dirent *x;

	snprintf(p->locale, sizeof(p->locale), "C.UTF-8");
	while (d && dir_next(d, &x, NULL) > 0) {
		bool is_country = x->d_name[0] != 'C' &&
				  strchr(x->d_name, '_') &&
				  strlen(x->d_name) < sizeof(p->locale);

		if (is_country && (p->locale[0] == 'C' ||
					  strcmp(x->d_name, p->locale) < 0))
			snprintf(p->locale, sizeof(p->locale), "%.63s",
				x->d_name);
	}
	if (d)
		closedir(d);
	say(p, PERTURB_LOCALE, true, "%s", p->locale);
}

/* The end of the world that is farther away. */
static void plan_time_zone(struct perturb *p)
{
	time_t now = time(NULL);
	struct tm here;

	localtime_r(&now, &here);
	p->time_zone = here.tm_gmtoff < 3600 ? "<+14>-14" : "<-12>12";
	say(p, PERTURB_TIME_ZONE, true,
		here.tm_gmtoff < 3600 ? "UTC+14" : "UTC-12");
}

static void plan_clock(struct perturb *p)
{
	const char *const argv[] = {
		"faketime", "-f", PERTURB_CLOCK_BY, "date", "+%Y", NULL};
	char year[32] = "";
	struct buf text = buf_fixed(year, sizeof(year));
	struct err e;
	int rc;

	if (!command_is_there(argv[0]))
		say(p, PERTURB_CLOCK, false, "faketime is not installed");
	else if (command_text(argv, &text, &rc, &e) < 0 || rc != 0)
		say(p, PERTURB_CLOCK, false, "faketime does not work here");
	else
		say(p, PERTURB_CLOCK, true,
			PERTURB_CLOCK_BY
			" by faketime, which static programs do not see");
}

static void plan_file_times(struct perturb *p)
{
	say(p, PERTURB_FILE_TIMES, true, "sources of 2001-02-03");
}

static void plan_jobs(struct perturb *p)
{
	p->jobs = p->n_processors + 3;
	say(p, PERTURB_JOBS, true, "make -j%ld", p->jobs);
}

static void plan_processors(struct perturb *p)
{
	if (p->n_processors > 1)
		say(p, PERTURB_PROCESSORS, true, "1 of %ld", p->n_processors);
	else
		say(p, PERTURB_PROCESSORS, false, "there is only one");
}

static void plan_aslr(struct perturb *p)
{
	bool is_off = personality(0xffffffff) & ADDR_NO_RANDOMIZE;

	say(p, PERTURB_ASLR, true, is_off ? "on" : "off");
}

static void plan_environment(struct perturb *p)
{
	say(p, PERTURB_ENVIRONMENT, true,
		"more variables, a longer PATH, another terminal");
}

static void plan_file_order(struct perturb *p)
{
	if (copy_order_of(p->work, &p->order, NULL) < 0)
		p->order = COPY_ORDER_OWN;
	if (p->namespaces && command_is_there("disorderfs") &&
		disorder_works(p->work, p->namespaces)) {
		p->has_disorderfs = true;
		say(p, PERTURB_FILE_ORDER, true, "reversed, by disorderfs");
	} else if (p->order != COPY_ORDER_OWN) {
		say(p, PERTURB_FILE_ORDER, true,
			"reversed, by the order in which sources are made");
	} else {
		say(p, PERTURB_FILE_ORDER, false,
			"disorderfs cannot be used here, and this file system "
			"has an order of its own; --work on a tmpfs has not");
	}
}

static void (*const plans[PERTURB_COUNT])(struct perturb *p) = {
	[PERTURB_DIRECTORY] = plan_directory,
	[PERTURB_USER] = plan_user,
	[PERTURB_HOST_NAME] = plan_host_name,
	[PERTURB_UMASK] = plan_umask,
	[PERTURB_LOCALE] = plan_locale,
	[PERTURB_TIME_ZONE] = plan_time_zone,
	[PERTURB_CLOCK] = plan_clock,
	[PERTURB_FILE_TIMES] = plan_file_times,
	[PERTURB_FILE_ORDER] = plan_file_order,
	[PERTURB_JOBS] = plan_jobs,
	[PERTURB_PROCESSORS] = plan_processors,
	[PERTURB_ASLR] = plan_aslr,
	[PERTURB_ENVIRONMENT] = plan_environment,
};

static bool is_left_out(const struct args_list *without, const char *name)
{
	for (size_t i = 0; i < without->n; i++)
		if (strcmp(without->item[i], name) == 0)
			return true;
	return false;
}

static int check_known(const struct args_list *without, struct err *e)
{
	for (size_t i = 0; i < without->n; i++) {
		size_t k = PERTURB_USER; /* there is one directory */

		while (k < PERTURB_COUNT &&
			strcmp(perturb_names[k], without->item[i]) != 0)
			k++;
		if (k == PERTURB_COUNT)
			return err_kind(e, ERR_USAGE,
				"--without %s: none of " PERTURB_NAMES,
				without->item[i]);
	}
	return 0;
}

int perturb_plan(const char *work, const struct args_list *without,
	struct perturb *out, struct err *e)
{
	cpu_set_t cpus;

	*out = (struct perturb){.work = work, .n_processors = 1};
	if (check_known(without, e) < 0)
		return -1;
	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		out->n_processors = CPU_COUNT(&cpus);
	for (enum perturb_what i = 0; i < PERTURB_COUNT; i++)
		if (is_left_out(without, perturb_names[i]))
			say(out, i, false, "left out by --without");
		else
			plans[i](out);
	return 0;
}

int perturb_enter(const struct perturb *p, struct err *e)
{
	const struct mode m = {.namespaces = p->namespaces};

	if (!p->namespaces)
		return 0;
	if (mode_enter(&m, e) < 0)
		return -1;
	if (p->of[PERTURB_HOST_NAME].is_on &&
		(sethostname(PERTURB_HOST, strlen(PERTURB_HOST)) < 0 ||
			setdomainname(PERTURB_HOST, strlen(PERTURB_HOST)) < 0))
		return err_sys(e, "another host name");
	return 0;
}

const char *perturb_clock(const struct perturb *p)
{
	return p->of[PERTURB_CLOCK].is_on ? PERTURB_CLOCK_BY : NULL;
}
