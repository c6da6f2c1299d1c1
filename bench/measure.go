package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// procRoot is where the kernel shows its processes.
const procRoot = "/proc"

// tick is the unit of the times in /proc/PID/stat: USER_HZ is 100 on every
// Linux that Go runs on.
const tick = 10 * time.Millisecond

// processStat is what the harness reads from /proc/PID/stat.
type processStat struct {
	pid, parent int
	cpu         time.Duration // user + system, ended threads included, in ticks
}

// parseStat reads one /proc/PID/stat. The program's name stands in brackets and
// may hold anything, so the fields are counted from the last bracket.
func parseStat(text string) (processStat, error) {
	end := strings.LastIndexByte(text, ')')
	pid, _, _ := strings.Cut(text, " ")
	if end < 0 {
		return processStat{}, errors.New("stat without a program name")
	}
	fields := strings.Fields(text[end+1:])
	if len(fields) < 13 {
		return processStat{}, errors.New("stat with too few fields")
	}
	var n [4]int
	for i, field := range []string{pid, fields[1], fields[11], fields[12]} {
		value, err := strconv.Atoi(field)
		if err != nil {
			return processStat{}, fmt.Errorf("stat: %w", err)
		}
		n[i] = value
	}
	return processStat{pid: n[0], parent: n[1], cpu: time.Duration(n[2]+n[3]) * tick}, nil
}

// parseSchedstat reads the time on a core from /proc/PID/task/TID/schedstat.
func parseSchedstat(text string) (time.Duration, error) {
	first, _, _ := strings.Cut(text, " ")
	ns, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("schedstat: %w", err)
	}
	return time.Duration(ns), nil
}

// parsePSS reads the proportional set size, in bytes, from smaps_rollup.
func parsePSS(text []byte) (int64, error) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 3 && fields[0] == "Pss:" {
			kib, err := strconv.ParseInt(fields[1], 10, 64)
			return kib * 1024, err
		}
	}
	return 0, errors.New("smaps_rollup without a Pss line")
}

// family lists pid and all its descendants that live.
func family(pid int) ([]processStat, error) {
	paths, err := filepath.Glob(filepath.Join(procRoot, "[0-9]*", "stat"))
	if err != nil {
		return nil, err
	}
	all := make([]processStat, 0, len(paths))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it ended since the folder was listed
		}
		if s, err := parseStat(string(text)); err == nil {
			all = append(all, s)
		}
	}
	return descendants(all, pid), nil
}

// descendants picks pid and everything below it, parents before children.
func descendants(all []processStat, pid int) []processStat {
	var found []processStat
	for _, s := range all {
		if s.pid == pid {
			found = append(found, s)
		}
	}
	for i := 0; i < len(found); i++ {
		for _, s := range all {
			if s.parent == found[i].pid {
				found = append(found, s)
			}
		}
	}
	return found
}

// cpuTimes is a reading of the core time of a server's processes.
type cpuTimes map[int]processTimes

type processTimes struct {
	total   time.Duration         // in ticks; knows of ended threads
	threads map[int]time.Duration // in nanoseconds, of the threads that live
}

// readCPU reads the core time that pid and its descendants have used.
func readCPU(pid int) (cpuTimes, error) {
	processes, err := family(pid)
	if err != nil {
		return nil, err
	}
	times := cpuTimes{}
	for _, p := range processes {
		threads, err := readThreads(p.pid)
		if err != nil {
			return nil, err
		}
		times[p.pid] = processTimes{p.cpu, threads}
	}
	return times, nil
}

func readThreads(pid int) (map[int]time.Duration, error) {
	paths, err := filepath.Glob(filepath.Join(procRoot, strconv.Itoa(pid), "task", "*", "schedstat"))
	if err != nil {
		return nil, err
	}
	threads := map[int]time.Duration{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // the thread ended since the folder was listed
		}
		thread, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if threads[thread], err = parseSchedstat(string(text)); err != nil {
			return nil, err
		}
	}
	return threads, nil
}

// since gives the core time used between two readings.
func (after cpuTimes) since(before cpuTimes) (time.Duration, error) {
	var used time.Duration
	for pid := range before {
		if _, lives := after[pid]; !lives {
			return 0, fmt.Errorf("process %d of the server ended while it was measured", pid)
		}
	}
	for pid, now := range after {
		used += now.since(before[pid])
	}
	return used, nil
}

// grain is how far ticks may lie off: user and system time are each cut to a
// tick, in both readings.
const grain = 4 * tick

// since gives the time in nanoseconds of the threads that live, unless the
// ticks say that other threads have come and gone: PowerDNS starts one for each
// TCP connection.
func (now processTimes) since(then processTimes) time.Duration {
	var living time.Duration
	for thread, t := range now.threads {
		living += t - then.threads[thread]
	}
	if all := now.total - then.total; all > living+grain {
		return all
	}
	return living
}

// parseBusy reads from /proc/stat how long all cores together did anything,
// the time that a hypervisor took away included.
func parseBusy(text string) (time.Duration, error) {
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(line)
	if len(fields) < 9 || fields[0] != "cpu" {
		return 0, errors.New("/proc/stat without a line of totals")
	}
	const idle, iowait = 4, 5
	var ticks int64
	for i, field := range fields[:9] {
		if i == 0 || i == idle || i == iowait {
			continue
		}
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/stat: %w", err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick, nil
}

func readBusy() (time.Duration, error) {
	text, err := os.ReadFile(filepath.Join(procRoot, "stat"))
	if err != nil {
		return 0, err
	}
	return parseBusy(string(text))
}

// readPSS sums the proportional set size, in bytes, of pid and its descendants.
func readPSS(pid int) (int64, error) {
	processes, err := family(pid)
	if err != nil {
		return 0, err
	}
	var sum int64
	for _, p := range processes {
		text, err := os.ReadFile(filepath.Join(procRoot, strconv.Itoa(p.pid), "smaps_rollup"))
		if err != nil {
			return 0, err
		}
		pss, err := parsePSS(text)
		if err != nil {
			return 0, err
		}
		sum += pss
	}
	return sum, nil
}
