/*
 * sysctl - reads each file of /proc/sys/net/netfilter before it writes it,
 * because most containers see /proc/sys read-only, where an equal value is no
 * reason for a warning.
 */
#include "kube-proxy-mini/config/sysctl.h"

#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define BASE "/proc/sys/net/netfilter/"

/* How many flows to track with so many processors; 0: as it is. */
static uint64_t flows_max(const struct config_conntrack *c, uint64_t cores)
{
	uint64_t scaled;

	if (c->max_per_core == 0)
		return 0;
	scaled = c->max_per_core * cores;
	return scaled > c->min ? scaled : c->min;
}

static bool is_now(const char *path, uint64_t wanted)
{
	char room[32];
	struct buf b = buf_fixed(room, sizeof(room));
	uint64_t now;

	return file_read(path, &b, NULL) == 0 &&
	       str_u64(str_trim(buf_view(&b)), 0, UINT64_MAX, &now) == 0 &&
	       now == wanted;
}

static int write_number(const char *path, uint64_t value, struct err *e)
{
	AUTO_FD int fd = open(path, O_WRONLY | O_CLOEXEC);
	char text[24];
	int n = snprintf(text, sizeof(text), "%llu", (unsigned long long)value);

	if (fd < 0)
		return err_sys(e, "%s", path);
	return fd_write(fd, text, (size_t)n, e);
}

static void set_value(const char *name, uint64_t value)
{
	char path[128], text[24];
	struct err e = {0};

	if (value == 0)
		return;
	snprintf(path, sizeof(path), BASE "%s", name);
	if (is_now(path, value))
		return;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	if (write_number(path, value, &e) < 0)
		log_event(LOG_WARN, "kernel setting left as it is", "name",
			name, "wanted", text, "why", e.text, NULL);
	else
		log_event(LOG_INFO, "kernel setting changed", "name", name,
			"value", text, NULL);
}

/* The kernel counts whole seconds; 0 would mean none at all. */
static uint64_t seconds_of(uint64_t ms)
{
	return ms > 0 && ms < 1000 ? 1 : ms / 1000;
}

void sysctl_apply(const struct config_conntrack *c)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	set_value("nf_conntrack_max",
		flows_max(c, cores > 0 ? (uint64_t)cores : 1));
	set_value("nf_conntrack_tcp_timeout_established",
		seconds_of(c->tcp_established_ms));
	set_value("nf_conntrack_tcp_timeout_close_wait",
		seconds_of(c->tcp_close_wait_ms));
	set_value("nf_conntrack_tcp_be_liberal", c->is_liberal ? 1 : 0);
	set_value("nf_conntrack_udp_timeout", seconds_of(c->udp_ms));
	set_value("nf_conntrack_udp_timeout_stream",
		seconds_of(c->udp_stream_ms));
}
