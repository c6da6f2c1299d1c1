// Package login is the file in which a person keeps a token for the commands to come.
package login

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Login is what `truename login` keeps: a token, and the only server it is sent to.
type Login struct {
	Server string `json:"server"`
	Token  string `json:"token"`
}

// Path is $XDG_CONFIG_HOME/truename/login.json, or the same below ~/.config.
func Path() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("there is no place for the login file: %w; set HOME or XDG_CONFIG_HOME", err)
	}
	return filepath.Join(dir, "truename", "login.json"), nil
}

// Read is the login file, or the zero Login where there is none.
func Read() (Login, error) {
	var l Login
	path, err := Path()
	if err != nil {
		return l, nil // no home, no login
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		return l, fmt.Errorf("%s holds a token, and others may read it; run: chmod 600 %[1]s", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return l, fmt.Errorf("login file: %w; run: truename login", err)
	}
	if err := json.Unmarshal(text, &l); err != nil {
		return l, fmt.Errorf("%s is not what truename login writes: %w; run it again", path, err)
	}
	return l, nil
}

// Write replaces the login file, readable by this user only, and returns its path.
func (l Login) Write() (string, error) {
	path, err := Path()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	text, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".login-*") // mode 0600
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name()) // in vain after the rename
	_, err = f.Write(append(text, '\n'))
	if err := errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	return path, os.Rename(f.Name(), path)
}

// Forget removes the login file and reports whether there was one.
func Forget() (bool, error) {
	path, err := Path()
	if err != nil {
		return false, err
	}
	err = os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
