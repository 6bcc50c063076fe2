//! ZIP archives (PKWARE APPNOTE 6.3), entry by entry. What goes in is not squeezed: a PDF is already. No entry has a date, so
//! that the same files always make the same bytes.

use flate2::Crc;
use std::io::{self, Write};

/// Needed to extract: 2.0. Names are UTF-8. Stored as it is. 1 January 1980, the first day there is.
const HEAD: [u8; 10] = [20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0];

/// An archive as it is written.
pub struct Archive<W: Write> {
    to: W,
    at: usize,
    /// The central directory so far.
    directory: Vec<u8>,
    entries: u16,
}

fn small<T: TryFrom<usize>>(number: usize) -> io::Result<T> {
    T::try_from(number).map_err(|_| io::Error::other("an archive is too large"))
}

impl<W: Write> Archive<W> {
    /// An empty one.
    pub fn begin(to: W) -> Self {
        Archive { to, at: 0, directory: Vec::new(), entries: 0 }
    }

    /// Puts a file in.
    ///
    /// # Errors
    /// When it cannot be written, or the archive would pass 4 GiB or 65,535 files.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut sum = Crc::new();
        sum.update(bytes);
        let (size, length) = (small::<u32>(bytes.len())?, small::<u16>(name.len())?);
        let mut head = HEAD.to_vec();
        head.extend(sum.sum().to_le_bytes());
        head.extend(size.to_le_bytes());
        head.extend(size.to_le_bytes());
        head.extend(length.to_le_bytes());
        // No extra field.
        head.extend([0_u8, 0]);
        self.directory.extend(b"PK\x01\x02\x14\x00");
        self.directory.extend(&head);
        // No comment, the first disk, no attributes.
        self.directory.extend([0_u8; 10]);
        self.directory.extend(small::<u32>(self.at)?.to_le_bytes());
        self.directory.extend(name.as_bytes());
        let head = [b"PK\x03\x04".as_slice(), &head, name.as_bytes()].concat();
        self.to.write_all(&head)?;
        self.to.write_all(bytes)?;
        self.at += head.len() + bytes.len();
        self.entries = self.entries.checked_add(1).ok_or_else(|| io::Error::other("an archive has too many files"))?;
        Ok(())
    }

    /// Writes the directory, without which it cannot be read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(mut self) -> io::Result<()> {
        let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
        end.extend(self.entries.to_le_bytes());
        end.extend(self.entries.to_le_bytes());
        end.extend(small::<u32>(self.directory.len())?.to_le_bytes());
        end.extend(small::<u32>(self.at)?.to_le_bytes());
        end.extend([0_u8, 0]);
        self.to.write_all(&self.directory)?;
        self.to.write_all(&end)?;
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Read};

    #[test]
    fn what_is_put_in_comes_out() {
        let mut bytes = Vec::new();
        let mut archive = Archive::begin(&mut bytes);
        archive.add("Lisez-moi – été.txt", "Bonjour".as_bytes()).unwrap();
        archive.add("vide.csv", &[]).unwrap();
        archive.end().unwrap();
        let mut read = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        read.by_name("Lisez-moi – été.txt").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), read.len()), ("Bonjour", 2));
        assert_eq!(read.by_name("vide.csv").unwrap().size(), 0);
    }
}
