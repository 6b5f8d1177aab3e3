/*
 * secrecy - what our processes have read must not reach a disk behind our back.
 */
#ifndef CHECKPOINT_AGENT_CMD_SECRECY_H
#define CHECKPOINT_AGENT_CMD_SECRECY_H

/*
 * No core dumps of this process and of what it forks: they would hold the
 * memory of containers in the clear, encrypted archive or not.  Programs that
 * it runs begin with the usual rules, and with a soft limit of 0.
 */
void secrecy_begin(void);

#endif
