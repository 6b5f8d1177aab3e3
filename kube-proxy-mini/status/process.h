/*
 * process - what the kernel knows of this process, for the metrics.
 */
#ifndef KEELSON_PROXY_PROCESS_H
#define KEELSON_PROXY_PROCESS_H

#include <stdint.h>

struct process_facts {
	double cpu_s;
	double start_s; /* since 1970 */
	uint64_t open_fds, max_fds;
	uint64_t resident_bytes, virtual_bytes;
	double max_virtual_bytes; /* -1: no limit */
};

/* Values that cannot be read are 0. */
struct process_facts process_read(void);

/* Note the start time; call once, when the program starts. */
void process_note_start(void);

#endif
