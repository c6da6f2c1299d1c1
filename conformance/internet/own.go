package internet

import (
	"errors"
	"flag"
	"net"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/truename-dns/truename/conformance/subject"
)

// ownNetwork marks the process that lives in a network namespace of its own.
const ownNetwork = "TRUENAME_TEST_OWN_NETWORK"

// Main runs the tests of a package in a network namespace that has nothing but
// loopback: there port 53 is free at every address of 127.0.0.0/8, and nobody else
// is disturbed. Where the kernel does not allow that, the tests run where they are,
// on another port.
func Main(m *testing.M) int {
	if os.Getenv(ownNetwork) != "" {
		if err := loopbackUp(); err == nil {
			inOwnNetwork = true
		}
		return run(m)
	}
	code, err := again()
	if err != nil {
		return run(m)
	}
	return code
}

// together is how many tests run at a time: most of the time all of them wait.
const together = "6"

func run(m *testing.M) int {
	if err := flag.Set("test.parallel", together); err != nil {
		panic(err) // it is a flag of every test binary
	}
	return subject.Main(m)
}

// again runs this program in a namespace of its own and returns its exit code. An
// error means that it has not run.
func again() (int, error) {
	runtime.LockOSThread() // the death of the thread that starts it would end the child
	defer runtime.UnlockOSThread()
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), ownNetwork+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 {
		becomeRoot(cmd.SysProcAttr)
	}
	err := cmd.Run()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// becomeRoot asks for a user namespace in which this user may make networks.
func becomeRoot(attr *syscall.SysProcAttr) {
	attr.Cloneflags |= unix.CLONE_NEWUSER
	attr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
	attr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
}

// loopbackUp turns the loopback interface of a new namespace on.
func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, lo); err != nil {
		return err
	}
	if lo.Uint16()&unix.IFF_UP != 0 {
		return errors.New("this is not a new namespace")
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo)
}

var inOwnNetwork bool

// Port is the one at which all authorities of this process listen: 53 in a network
// of our own.
func Port(t testing.TB) uint16 {
	t.Helper()
	if inOwnNetwork {
		return 53
	}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return uint16(conn.LocalAddr().(*net.UDPAddr).Port)
}

// NeedPort53 skips the test where no port 53 is to be had: a resolver that is not
// ours finds authorities nowhere else.
func NeedPort53(t testing.TB) {
	t.Helper()
	if !inOwnNetwork {
		t.Skip("needs port 53 of loopback: be root, or allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1)")
	}
}
