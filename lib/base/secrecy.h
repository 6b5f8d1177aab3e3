/*
 * secrecy - what our processes have read must not reach a disk behind our back.
 */
#ifndef KEELSON_BASE_SECRECY_H
#define KEELSON_BASE_SECRECY_H

/*
 * No core dumps of this process and of what it forks: they would hold the
 * secrets that it works with: memory of containers, keys.  Programs that
 * it runs begin with the usual rules, and with a soft limit of 0.
 */
void secrecy_begin(void);

#endif
