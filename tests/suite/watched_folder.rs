//! The watched folder of a whole suite, while files are copied into it and the processor dies.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;
use system_tests::{Name, Suite, eventually, samples};

const FILES: i64 = 200;
/// Pieces of the file that is written slowly: for longer than a file that stays as it is has to wait.
const PIECES: usize = 30;

fn text(number: i64) -> String {
    format!("This is file {number} of the watched folder.\n").repeat(5)
}

/// Writes a file in pieces, a third of a second apart, and says what is in it then.
async fn write_slowly(path: PathBuf) -> String {
    let mut file = std::fs::File::create(path).unwrap();
    let mut written = String::new();
    for piece in 0..PIECES {
        let line = format!("Piece {piece} of {PIECES}.\n");
        file.write_all(line.as_bytes()).unwrap();
        written.push_str(&line);
        tokio::time::sleep(Duration::from_millis(333)).await;
    }
    written
}

#[tokio::test]
async fn files_copied_while_the_processor_dies_are_there_once_and_none_by_half() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let mut suite = Suite::of(&[Name::Processor, Name::Web]).set(Name::Processor, "IMPORT_DIR", path).start().await;
    let api = suite.api().await;
    let of_drive = folder.path().join(&api.drive);
    std::fs::create_dir(&of_drive).unwrap();
    let slow = tokio::spawn(write_slowly(of_drive.join("slow.txt")));
    for number in 0..FILES {
        std::fs::write(of_drive.join(format!("{number}.txt")), text(number)).unwrap();
    }
    for taken in [20, 110] {
        eventually("some are taken", async || (suite.count("select count(*) from files").await >= taken).then_some(()))
            .await;
        suite.kill(Name::Processor).await;
        suite.start_service(Name::Processor).await;
    }
    let slow = slow.await.unwrap();
    eventually("all have left the folder", async || {
        let left =
            std::fs::read_dir(&of_drive).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_file()).count();
        (left == 0).then_some(())
    })
    .await;
    assert_eq!(suite.count("select count(*) from files").await, FILES + 1);
    let found: Vec<String> =
        sqlx::query_scalar("select content_hash from files").fetch_all(suite.pool()).await.unwrap();
    let hash = |text: &str| samples::hash(text.as_bytes());
    let expected: BTreeSet<String> = (0..FILES).map(|number| hash(&text(number))).chain([hash(&slow)]).collect();
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    assert_eq!(std::fs::read_dir(of_drive.join("done")).unwrap().count() as i64, FILES + 1);
    assert!(!of_drive.join("failed").exists());
    eventually("what was taken is forgotten", async || {
        (suite.count("select count(*) from watched_files").await == 0).then_some(())
    })
    .await;
    let ours = "select count(*) from files f join drive_members m on m.user_id = f.owner_id and m.drive_id = f.drive_id
                where m.role = 'owner'";
    assert_eq!(suite.count(ours).await, FILES + 1, "they are the drive's owner's");
    eventually("all are read", async || {
        (suite.count("select count(*) from contents where status = 'completed'").await == FILES + 1).then_some(())
    })
    .await;
    // With a clean end as well: it does not stop in the middle of a file.
    suite.stop(Name::Processor).await;
}
