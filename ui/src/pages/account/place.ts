// Whose members and tokens a page is about.
export interface Place {
  id: string; // of the account
  name: string;
  own: boolean; // the one that the user belongs to
}

// accountOf is how a request about members names the account; nothing for one's own.
export const accountOf = (place: Place) => (place.own ? undefined : place.id);

// keysPath is where its tokens are.
export const keysPath = (place: Place, id = '') => `/users/${place.own ? 'me' : place.id}/apikeys${id && `/${id}`}`;
